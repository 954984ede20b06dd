"""Card numbers and their tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.aws.secrets import KeyRing
from regulars.members.card import SLOT, card_number, card_tokens, is_card_number, read_token, slot_of

KEYS = KeyRing(lambda: '{"root": "a root for tests"}')
OTHER_KEYS = KeyRing(lambda: '{"root": "another root"}')
digits = st.text("0123456789", min_size=13, max_size=13)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the strategy adds the zone


@given(digits)
def test_a_card_number_has_sixteen_digits_and_is_right(thirteen: str) -> None:
    """Two digits of the issuer, thirteen of chance, a check digit."""
    number = card_number(thirteen)
    assert (16, True, "90") == (len(number), is_card_number(number), number[:2])


@given(digits, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(thirteen: str, place: int, change: int) -> None:
    """That is what the check digit is for."""
    number = card_number(thirteen)
    wrong = f"{number[:place]}{(int(number[place]) + change) % 10}{number[place + 1 :]}"
    assert not is_card_number(wrong)


@given(digits, st.integers(0, 14))
def test_two_neighbours_swapped_are_seen_but_for_0_and_9(thirteen: str, place: int) -> None:
    """Luhn's one blind spot is 09 and 90."""
    number = card_number(thirteen)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    harmless = {number[place], number[place + 1]} <= {"0", "9"} or number[place] == number[place + 1]
    assert harmless == is_card_number(swapped)


@pytest.mark.parametrize("text", ["", "9" * 15, "9" * 17, "９０１２３４５６７８９０１２３４", "901234567890123x", "9012345678901239\n"])
def test_other_texts_are_no_card_numbers(text: str) -> None:
    """Wrong length, other digits, letters."""
    assert not is_card_number(text)


@pytest.mark.parametrize("thirteen", ["", "1" * 12, "1" * 14, "x" * 13])
def test_a_card_number_is_made_of_thirteen_digits(thirteen: str) -> None:
    """Anything else is a mistake of ours."""
    with pytest.raises(ValueError, match="13 digits"):
        card_number(thirteen)


@given(digits, instants, st.integers(0, 9))
def test_a_shown_token_is_taken_in_its_minute_and_one_around_it(thirteen: str, now: datetime, number: int) -> None:
    """From its start for two minutes, and one minute early for a clock that is behind; never outside."""
    card = card_number(thirteen)
    token = card_tokens(KEYS, card, now, 10)[number]
    scanned = read_token(KEYS, token.token)
    assert scanned
    assert card == scanned.card_number
    assert SLOT * 2 == token.expires_at - token.valid_from
    taken = [token.valid_from - SLOT, token.valid_from, token.expires_at - timedelta(microseconds=1)]
    assert [True] * 3 == [scanned.is_current(at) for at in taken]
    assert [False] * 2 == [scanned.is_current(at) for at in (token.valid_from - SLOT - timedelta(microseconds=1), token.expires_at)]


@given(digits, instants)
def test_the_first_token_is_the_one_of_this_minute_and_the_others_follow(thirteen: str, now: datetime) -> None:
    """No gap, so that a card works on a bad line."""
    tokens = card_tokens(KEYS, card_number(thirteen), now, 4)
    starts = [token.valid_from for token in tokens]
    assert tokens[0].valid_from <= now < tokens[0].valid_from + SLOT
    assert [tokens[0].valid_from + SLOT * number for number in range(4)] == starts


@given(digits, instants, st.data())
def test_a_token_with_any_character_changed_is_none(thirteen: str, now: datetime, data: st.DataObject) -> None:
    """Card, minute and signature belong together."""
    (token,) = card_tokens(KEYS, card_number(thirteen), now, 1)
    place = data.draw(st.integers(0, len(token.token) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.").filter(lambda found: found != token.token[place]))
    assert read_token(KEYS, token.token[:place] + other + token.token[place + 1 :]) is None


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    """A till scans whatever lies before it."""
    assert read_token(KEYS, text) is None


def test_a_token_of_another_installation_is_none() -> None:
    """Its keys are others."""
    (token,) = card_tokens(OTHER_KEYS, card_number("1" * 13), datetime(2025, 6, 1, tzinfo=UTC), 1)
    assert read_token(KEYS, token.token) is None


def test_slots_are_minutes() -> None:
    """Two instants of one minute share a slot."""
    start = datetime(2025, 6, 1, 4, 0, tzinfo=UTC)
    assert slot_of(start) == slot_of(start + timedelta(seconds=59.9)) == slot_of(start + timedelta(minutes=1)) - 1
