"""Cursors, the one bounded retry, and refusals as values."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kernel.errors import ConflictError, FieldRefusedError, InvalidCursorError, TooManyRequestsError
from regulars.kernel.language import Text
from regulars.kernel.paging import Page, decode_cursor, encode_cursor
from regulars.kernel.retry import CAP_SECONDS, TOTAL_SECONDS, TRIES_MAX, LostRaceError, Patience


@given(st.dictionaries(st.text(max_size=10), st.text(min_size=1, max_size=10), max_size=3))
def test_a_cursor_leads_back_to_its_position(position: dict[str, str]) -> None:
    """Whatever the position is, the text that stands for it is fit for a URL."""
    cursor = encode_cursor(position)

    assert position == decode_cursor(cursor)
    assert cursor == "".join(character for character in cursor if character.isalnum() or character in "-_")


@given(st.text(max_size=40))
def test_any_other_text_is_refused_or_a_position(text: str) -> None:
    """No text is an error of ours."""
    with suppress(InvalidCursorError):
        assert all(isinstance(value, str) for value in decode_cursor(text).values())


@pytest.mark.parametrize("content", [[], "x", 1, None, {"a": 1}, {"a": None}, {"a": {}}, {"a": ""}, {"a": "x" * 1025}, {"a": "\ud800"}])
def test_a_cursor_with_other_content_is_refused(content: object) -> None:
    """Only texts by name are a position, none of them empty, longer than a key, or no Unicode."""
    with pytest.raises(InvalidCursorError):
        decode_cursor(base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("="))


def test_a_page_changes_its_items_and_keeps_its_end() -> None:
    """The cursor goes with the page."""
    assert Page(("1", "2"), "next") == Page((1, 2), "next").map(str)


class Racing:
    """Work that loses some races before it wins, and a patience that notes its waits."""

    def __init__(self, lost: int, chance: float = 0.999) -> None:
        self.tries = 0
        self.waits: list[float] = []
        self._lost = lost
        self.patience = Patience(self.waits.append, lambda: chance)

    def work(self) -> str:
        self.tries += 1
        if self.tries <= self._lost:
            raise LostRaceError
        return "won"


def test_a_race_that_was_not_lost_waits_for_nothing() -> None:
    """The usual case costs one try."""
    racing = Racing(0)

    assert ("won", 1, []) == (racing.patience.attempt(racing.work), racing.tries, racing.waits)


@pytest.mark.parametrize("lost", [1, 2, 5])
def test_a_lost_race_is_run_again(lost: int) -> None:
    """After waits that may grow, each below its cap (fault 4)."""
    racing = Racing(lost)

    assert ("won", lost + 1) == (racing.patience.attempt(racing.work), racing.tries)
    assert all(wait <= CAP_SECONDS for wait in racing.waits)
    assert sorted(racing.waits) == racing.waits


@given(st.floats(0, 1, exclude_max=True))
def test_patience_ends(chance: float) -> None:
    """At most 10 tries and 5 s in all, then 409 with Retry-After, whatever chance says."""
    racing = Racing(10**9, chance)

    with pytest.raises(ConflictError) as refused:
        racing.patience.attempt(racing.work)
    assert 1 == refused.value.retry_after_seconds
    assert racing.tries <= TRIES_MAX
    assert sum(racing.waits) <= TOTAL_SECONDS


def test_other_errors_are_not_retried() -> None:
    """Only a lost race is run again."""

    def work() -> None:
        raise KeyError("mistake")

    with pytest.raises(KeyError):
        Patience(lambda _seconds: None, lambda: 0.5).attempt(work)


class _TooShortError(FieldRefusedError):
    code, field = "too_short_for_us", "name"
    text = Text("At least {least}.", "至少 {least}。")


def test_a_refused_field_comes_with_its_sentence_and_figures() -> None:
    """The field of its class, or the one that is given."""
    refused, elsewhere = _TooShortError(least=3), _TooShortError(field="nickname", least=3)

    assert ("name", "too_short_for_us", "At least 3.") == (refused.errors[0].field, refused.errors[0].code, refused.errors[0].text.en)
    assert ("nickname", {"least": 3}) == (elsewhere.errors[0].field, elsewhere.params)


def test_a_refusal_says_when_to_come_back() -> None:
    """The seconds are a figure of the sentence and of Retry-After."""
    refused = TooManyRequestsError(retry_after_seconds=30, seconds=30)

    assert (30, "Too many requests: wait 30 seconds.") == (refused.retry_after_seconds, refused.text.render("en", **refused.params))
    assert "too_many_requests" == str(refused)
