"""Refusals and sentences: one class and one code each, both languages, the same figures in both."""

import ast
import importlib
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.kernel.errors import FieldRefusedError, RegularsError
from tests.support.sources import PRODUCT, ROOT, shown, sources, tree

STATUSES = {400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def refusals() -> list[type[RegularsError]]:
    """Every refusal of every context."""
    for path in sources("layers/core/python/regulars"):
        if path.stem == "errors":
            importlib.import_module(".".join(path.relative_to(ROOT / "layers/core/python").with_suffix("").parts))
    return sorted(_below(RegularsError) - {FieldRefusedError}, key=lambda kind: kind.__name__)


def _below(kind: type[RegularsError]) -> set[type[RegularsError]]:
    return {found for child in kind.__subclasses__() for found in (child, *_below(child)) if found.__module__.startswith("regulars.")}


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_a_code_belongs_to_one_refusal() -> None:
    """Codes are a closed list: no two classes share one."""
    counts = Counter(kind.code for kind in refusals())

    assert {} == {code: count for code, count in counts.items() if count > 1}


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: kind.__name__)
def test_a_refusal_has_a_code_a_status_and_its_sentence(kind: type[RegularsError]) -> None:
    """The code is lower_snake, the status one of the interface's, a retryable one is 409, and both languages name the same figures."""
    assert re.fullmatch(r"[a-z][a-z0-9_]*", kind.code)
    assert kind.status in STATUSES
    assert (kind.status == 409) == kind.__name__.startswith("Conflict")
    assert kind.text.en.strip()
    assert CHINESE.search(kind.text.zh_cn)
    assert _placeholders(kind.text.en) == _placeholders(kind.text.zh_cn)


@pytest.mark.parametrize("kind", [kind for kind in refusals() if issubclass(kind, FieldRefusedError)], ids=lambda kind: kind.__name__)
def test_a_refused_field_is_named(kind: type[FieldRefusedError]) -> None:
    """A rule about one field is 422 and says which field."""
    assert (422, True) == (kind.status, bool(kind.field))


def sentences() -> Iterator[tuple[Path, ast.Call]]:
    """Every `Text(…)` of the product that is written out."""
    for path in sources(*PRODUCT):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Text" and len(node.args) == 2:
                yield path, node


def test_every_sentence_is_in_both_languages_with_the_same_figures() -> None:
    """Neither language is missing, and none shows a figure that the other does not."""
    wrong = []
    for path, node in sentences():
        texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
        if len(texts) < 2:
            continue
        english, chinese = texts
        if not english.strip() or not CHINESE.search(chinese) or _placeholders(english) != _placeholders(chinese):
            wrong.append(shown(path, node))

    assert [] == wrong
