"""Ids, guards and the hashes that tell facts apart."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kernel.errors import IdempotencyMismatchError
from regulars.kernel.idempotency import Guard, guard_key, input_hash
from regulars.kernel.ids import ID_PATTERN, derived_id, new_id

FACTS = st.lists(st.text(max_size=20), min_size=1, max_size=4)


def test_a_new_id_names_its_kind_and_is_new() -> None:
    """The prefix, then a ULID; two are never the same."""
    first, second = new_id("mem"), new_id("mem")

    assert re.fullmatch(ID_PATTERN, first)
    assert first.startswith("mem_")
    assert first != second


@given(FACTS)
def test_a_derived_id_follows_from_its_facts(facts: list[str]) -> None:
    """The same facts give the same id for ever, of the same form as any id."""
    assert derived_id("pur", *facts) == derived_id("pur", *facts)
    assert re.fullmatch(ID_PATTERN, derived_id("pur", *facts))


def test_a_derived_id_is_the_same_for_ever() -> None:
    """Ids given to outside systems years ago are found again."""
    assert "pur_03ASVD6PGR33H4Z96XRP9XYDGC" == derived_id("pur", "till-1", "R-1")


@given(FACTS, FACTS)
def test_other_facts_are_told_apart(one: list[str], other: list[str]) -> None:
    """Two different lists of facts give two ids and two guards."""
    same = one == other or "\x1f".join(one) == "\x1f".join(other)

    assert same == (derived_id("pur", *one) == derived_id("pur", *other))
    assert same == (guard_key("purchase", *one) == guard_key("purchase", *other))


def test_a_guards_key_belongs_to_its_operation() -> None:
    """The same reference of another operation is another fact (law I3)."""
    assert guard_key("purchase", "till", "1") != guard_key("refund", "till", "1")


@given(st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8) | st.none(), max_size=6))
def test_the_hash_of_an_input_knows_no_order(content: dict[str, object]) -> None:
    """The same fields in another order are the same content."""
    assert input_hash(content) == input_hash(dict(reversed(content.items())))


def test_a_guard_answers_the_same_input_only() -> None:
    """The first answer for the same hash; a refusal for another (laws I1, I3)."""
    guard = Guard("key", "hash", "answer")

    assert "answer" == guard.answer_for("hash")
    with pytest.raises(IdempotencyMismatchError):
        guard.answer_for("other")
