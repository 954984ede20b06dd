"""What else happens around the baskets of a full year: paid with points, redeemed, refunded; by chance, the same for the same seed.

One basket in twenty is refunded: whole, a line, in two parts, or before its purchase was reported. One in eight is paid with points.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from regulars_local.demo.purchases import Purchase

REFUNDED, PAID, REDEEMED = 0.05, 0.125, 0.04
EARLY = 0.2
"""The share of refunds that come before their purchase."""

REFUND_DAYS_MAX = 30


class Payment(StrEnum):
    """What becomes of points that were set aside at the till."""

    WITH_PURCHASE = "with_purchase"
    COMMITTED = "committed"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund: by lines (from 1) or by an amount of the whole."""

    at: datetime
    household: int
    basket: int
    number: int
    by_line: tuple[tuple[int, int], ...] = ()
    amount: int = 0
    is_early: bool = False


@dataclass(frozen=True, slots=True)
class Happenings:
    """What happens around one basket: `redeemed` is the share of usable points that is redeemed after it, in percent."""

    payment: Payment | None = None
    redeemed_percent: int = 0
    is_taken_back: bool = False
    refunds: tuple[Refund, ...] = ()


def happenings_of(purchase: Purchase, day_start: datetime, seed: int) -> Happenings:
    """What happens around a basket of a day."""
    chance = random.Random(f"{seed}:{purchase.basket}")  # noqa: S311 - a sample, no secret
    refunded, paid, redeemed = (chance.random() < share for share in (REFUNDED, PAID, REDEEMED))
    payment = chance.choices(list(Payment), [6, 2, 1, 1])[0] if paid else None
    percent = chance.randint(5, 60) if redeemed else 0
    refunds = tuple(_refunds(purchase, day_start, chance)) if refunded else ()
    return Happenings(payment, percent, chance.random() < 0.5, refunds)


def _refunds(purchase: Purchase, day_start: datetime, chance: random.Random) -> Iterator[Refund]:
    amounts = [int(line["amount"]) for line in purchase.body["lines"]]
    total = sum(amounts)
    if not total:
        return
    who = (purchase.household, purchase.basket)
    later = purchase.at + timedelta(days=chance.randint(0, REFUND_DAYS_MAX), minutes=chance.randint(10, 600))
    number, amount = chance.choice([(number, amount) for number, amount in enumerate(amounts, 1) if amount])
    style = chance.choice(["whole", "line", "part", "two"])
    if chance.random() < EARLY:
        early = max(day_start + timedelta(seconds=1), purchase.at - timedelta(hours=1))
        yield Refund(
            early, *who, 1, amount=total if style == "whole" else 0, by_line=() if style == "whole" else ((number, amount),), is_early=True
        )
    elif style == "whole":
        yield Refund(later, *who, 1, amount=total)
    elif style == "line":
        yield Refund(later, *who, 1, by_line=((number, -(-amount // 2)),))
    elif style == "part":
        yield Refund(later, *who, 1, amount=-(-total // 3))
    else:
        yield Refund(later, *who, 1, by_line=((number, amount),))
        if total > amount:
            yield Refund(later + timedelta(days=3), *who, 2, amount=total - amount)
