"""The generated parts of the documents are as the code says."""

import json
from pathlib import Path
from typing import Any

import pytest

from regulars_local import reference
from regulars_local.generate import http_apps
from regulars_local.schema_words import fields_of, type_of

DOCUMENTS = reference.documents()


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_document_is_current(name: str) -> None:
    """What is committed equals what is generated; `python -m regulars_local.reference --write` writes it."""
    assert DOCUMENTS[name] == (reference.DOCS / name).read_text(encoding="utf-8")


def test_every_part_is_used_once() -> None:
    """Each part stands in exactly one document."""
    whole = "\n".join(DOCUMENTS.values())

    assert dict.fromkeys(reference.PARTS, 1) == {part: whole.count(f"<!-- generated: {part} -->") for part in reference.PARTS}


def test_every_operation_is_in_the_reference() -> None:
    """Each operation of the interface document has its heading."""
    document = json.loads((reference.DOCS / "openapi.json").read_text(encoding="utf-8"))
    operations = {f"#### `{method.upper()} {path}`" for path, methods in document["paths"].items() for method in methods}

    assert set() == operations - set(DOCUMENTS["http.md"].splitlines())
    assert len(operations) == sum(len(app.routes) for app in http_apps())


def test_only_the_parts_are_replaced() -> None:
    """Prose around a part stays as it was written."""
    before = "A.\n\n<!-- generated: presets -->\nformerly\n<!-- end -->\n\nB.\n"
    after = reference.filled(before)

    assert after.startswith("A.\n\n<!-- generated: presets -->\n\n| Code")
    assert after.endswith("<!-- end -->\n\nB.\n")
    assert "formerly" not in after


def test_a_part_that_is_not_made_is_an_error() -> None:
    """A misspelt name is told at once."""
    with pytest.raises(KeyError, match="preset_"):
        reference.filled("<!-- generated: preset_ -->\n<!-- end -->")


def test_fields_are_told_in_words() -> None:
    """A field shows its type, its limits, whether it is needed, and its default."""
    schemas: dict[str, dict[str, Any]] = {"Name": {"type": "string", "minLength": 1}, "Part": {"properties": {}}}
    schema = {
        "properties": {
            "name": {"$ref": "#/x/Name", "description": "Who."},
            "parts": {"type": "array", "items": {"$ref": "#/x/Part"}, "maxItems": 3},
            "kind": {"enum": ["a", "b"], "default": "a"},
            "rate": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        },
        "required": ["name"],
    }

    assert [
        ("`name`", "string", "Who; at least 1 characters; required"),
        ("`parts`", "list of [`Part`](#part)", "at most 3 items"),
        ("`kind`", "`a`, `b`", "default `a`"),
        ("`rate`", "integer or null", ""),
    ] == list(fields_of(schema, schemas))
    assert "`x`" == type_of({"const": "x"})


def test_a_table_survives_its_content() -> None:
    """A bar or a new line in a cell does not break the row."""
    assert "| A |\n| --- |\n| a\\|b c |" == reference.table(("A",), [("a|b\nc",)])


def test_the_command_compares_and_writes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A stale document is named and the exit code is 1; with `--write` it is written."""
    document = tmp_path / "rules.md"
    document.write_text("<!-- generated: presets -->\n<!-- end -->\n", encoding="utf-8")
    monkeypatch.setattr(reference, "DOCS", tmp_path)

    assert (1, True) == (reference.main([]), "rules.md" in capsys.readouterr().err)
    assert (0, True) == (reference.main(["--write"]), "| `gold` |" in document.read_text(encoding="utf-8"))
