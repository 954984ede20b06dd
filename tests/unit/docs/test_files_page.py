"""The page about files names every field that a line may have."""

import re

import pytest

from regulars.accounts.jobs.import_lines import ImportLine, MemberLine, OpeningBalanceLine, PurchaseLine, PurchaseLineLine
from tests.unit.docs.reading import ROOT, text_of

PAGE = text_of(ROOT / "docs" / "files.md")


def _section(title: str) -> str:
    return PAGE.partition(f"### {title}\n")[2].partition("\n#")[0]


@pytest.mark.parametrize(
    ("title", "line"), [("Members", MemberLine), ("Opening balances", OpeningBalanceLine), ("Purchases", PurchaseLine)]
)
def test_each_field_of_a_line_is_on_the_page(title: str, line: type[ImportLine]) -> None:
    """Those and no others, each once; those that a line must have are said to be required."""
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", _section(title), re.MULTILINE)
    named = [(name, "equired" in words) for names, words in rows for name in re.findall(r"`(\w+)`", names)]
    assert sorted((name, field.is_required()) for name, field in line.model_fields.items()) == sorted(named)


def test_each_field_of_a_purchases_line_is_on_the_page() -> None:
    """As JSON Lines have them."""
    (words,) = re.findall(r"^\| `lines` \| .* objects with (.*) \|$", _section("Purchases"), re.MULTILINE)
    assert list(PurchaseLineLine.model_fields) == re.findall(r"`(\w+)`", words)
