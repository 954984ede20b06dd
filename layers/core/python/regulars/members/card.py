"""Cards: numbers with a check digit, and the rotating token a till scans (CARD-01, CARD-06); pure.

A token reads `RG1.<card number>.<slot>.<mac>`: every character stands in QR's alphanumeric set. A slot is one minute; one slot
before and after the present one is tolerated, so that clocks may differ a little.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from regulars.members.signing import Signer

SLOT = timedelta(seconds=60)
SLOTS_TOLERATED = 1
_ISSUER = "90"
_MAC_BYTES = 10
_TOKEN = re.compile(r"RG1\.([0-9]{16})\.([0-9]{1,12})\.([A-Z2-7]{16})")


@dataclass(frozen=True, slots=True)
class CardToken:
    """What a till scans, and from when until when it is taken."""

    token: str
    valid_from: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ScannedToken:
    """A genuine token as it was read."""

    card_number: str
    slot: int

    def is_current(self, now: datetime) -> bool:
        """Whether the token is taken at this moment."""
        return abs(self.slot - slot_of(now)) <= SLOTS_TOLERATED


def card_number(random_digits: str) -> str:
    """The card number of 13 random digits: the issuer's two digits before them, the check digit behind.

    Raises:
        ValueError: these are not 13 digits.
    """
    if not re.fullmatch(r"[0-9]{13}", random_digits):
        raise ValueError("13 digits are needed")
    digits = _ISSUER + random_digits
    return digits + _check_digit(digits)


def is_card_number(text: str) -> bool:
    """Whether a text has the form of a card number and its check digit is right (Luhn)."""
    return re.fullmatch(r"[0-9]{16}", text) is not None and text.isascii() and _check_digit(text[:-1]) == text[-1]


def _check_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def slot_of(instant: datetime) -> int:
    """The number of the minute an instant lies in."""
    return int(instant.timestamp() // SLOT.total_seconds())


def card_tokens(keys: Signer, number: str, now: datetime, count: int) -> tuple[CardToken, ...]:
    """The current token and those after it, so that a card works on a bad line."""
    current = slot_of(now)
    return tuple(_token(keys, number, slot) for slot in range(current, current + count))


def _token(keys: Signer, number: str, slot: int) -> CardToken:
    begins_at = datetime.fromtimestamp(slot * SLOT.total_seconds(), UTC)
    return CardToken(f"RG1.{number}.{slot}.{_mac(keys, number, slot)}", begins_at, begins_at + SLOT * (1 + SLOTS_TOLERATED))


def _mac(keys: Signer, number: str, slot: int) -> str:
    return base64.b32encode(keys.sign("card", f"{number}/{slot}")[:_MAC_BYTES]).decode()


def read_token(keys: Signer, text: str) -> ScannedToken | None:
    """The card and the minute of a genuine token; `None` for any other text."""
    found = _TOKEN.fullmatch(text)
    if not found:
        return None
    number, slot, mac = found.groups()
    if not hmac.compare_digest(mac, _mac(keys, number, int(slot))):
        return None
    return ScannedToken(number, int(slot))
