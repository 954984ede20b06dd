"""Facts played again: under the same programme they come to the same, under another one to what that one says."""

from copy import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from regulars.accounts.commands import (
    Adjust,
    BuyTier,
    CancelClosure,
    CancelHold,
    CancelRedemption,
    CloseAccount,
    Command,
    CommitHold,
    CreditPartnerPoints,
    DecideCase,
    GivePoints,
    OpenBalance,
    OverrideTier,
    PlaceHold,
    ReceivePoints,
    RecordActivity,
    RecordRefund,
    Redeem,
    RefundState,
    Settle,
)
from regulars.accounts.entries import Entry, TierCause
from regulars.accounts.jobs.what_if import Question, Side, compare
from regulars.accounts.ledger import apply
from regulars.accounts.model import Account, new_account
from regulars.program.model import Programme, ProgrammeHistory
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, changed, history, purchase

WORDS = {"en": "A", "zh_cn": "甲"}
RICH = changed(
    preset("four"),
    transfers={"enabled": True},
    partners=[{"code": "air", "name": WORDS, "rate_thousandths": 500}],
    activities=[{"code": "sign_in", "name": WORDS, "points": 5, "period": "day"}],
    tier_offers=[{"code": "gold_year", "tier": "gold", "points": 300, "months": 12}],
    earning={"return_window_days": 7},
    abuse_limits={"points_per_order": 2500},
    qualification={"demotion": "one_down", "cycle": "monthly", "months": 2, "grace_days": 10},
)


class Diary:
    """One member's account under a programme; each fact a day after the one before."""

    def __init__(self, programme: Programme) -> None:
        self.history = history((datetime(2000, 1, 1, tzinfo=UTC), programme))
        self.account: Account = new_account(MEMBER, self.history.at(NOON), NOON)
        self.entries: list[Entry] = []
        self.now = NOON
        self.states: dict[str, RefundState] = {}

    def take(self, command: Command, *, days: int = 1) -> Entry:
        """The fact's entry."""
        while True:
            outcome = apply(self.account, command, self.history, self.now)
            self.account = outcome.account
            assert outcome.entry
            self.entries.append(outcome.entry)
            if not outcome.is_partial:
                self.now += timedelta(days=days)
                return outcome.entry

    def buy(self, amount: int, reference: str, **more: Any) -> Entry:
        """A purchase now."""
        return self.take(replace(purchase(amount, reference=reference, occurred_at=self.now), **more))

    def refund(self, bought: Entry, amount: int, name: str, *, is_forfeited: bool = False) -> Entry:
        """A part of a purchase goes back."""
        assert bought.purchase
        key = bought.purchase.purchase_id
        state = self.states.get(key, RefundState(key))
        command = RecordRefund(name, "till-1", name, self.now, bought, state, {}, amount, "machine:till", is_forfeited=is_forfeited)
        outcome = apply(self.account, command, self.history, self.now)
        assert outcome.entry
        assert outcome.refund
        self.states[key] = outcome.refund
        self.account = outcome.account
        self.entries.append(outcome.entry)
        self.now += timedelta(days=1)
        return outcome.entry


@pytest.fixture
def diary() -> Diary:
    """Everything that can happen to an account, once or more."""
    book = Diary(RICH)
    first = book.buy(1_500_00, "p1")
    book.take(OpenBalance("opn_1", 700, date(2026, 12, 31), "old", "o1", "machine:importer"))
    book.take(OpenBalance("opn_2", 20, None, "old", "o2", "machine:importer"))
    book.take(RecordActivity("act_1", "sign_in", "app", "a1", "member:1"))
    book.take(CreditPartnerPoints("par_1", "air", 100, "x1", "machine:air"))
    book.take(ReceivePoints("trf_1", "mem_2", {date(2026, 11, 30): 40}, "member:2"))
    book.take(GivePoints("trf_2", "mem_2", 30, "member:1"))
    book.take(Adjust("adj_1", 50, "goodwill", "", "staff:mei"))
    book.take(Adjust("adj_2", -10, "correction", "", "staff:mei"))
    redeemed = book.take(Redeem("red_1", "till-1", "d1", 100, None, "gift", "machine:till"))
    book.take(CancelRedemption(redeemed, "changed their mind", "machine:till"))
    for number, end in enumerate(("commit", "cancel", "purchase", "lapse")):
        book.take(PlaceHold(f"hold_{number}", "till-1", f"h{number}", 60, None, "machine:till"), days=0)
        if end == "commit":
            book.take(CommitHold("hold_0", 40, "machine:till"))
        elif end == "cancel":
            book.take(CancelHold("hold_1", "machine:till"))
        elif end == "purchase":
            paid = book.buy(80_00, "p2", hold_id="hold_2", vouchers_amount=5_00)
        else:
            book.now += timedelta(days=1)
    book.refund(first, 300_00, "ref_1")
    book.refund(first, 100_00, "ref_2")
    book.refund(paid, 80_00, "ref_3")
    book.take(BuyTier("tip_1", "gold_year", "member:1"))
    book.take(OverrideTier("ovr_1", "silver", None, "complaint", TierCause.OVERRIDE, "staff:mei", "staff:li"))
    book.take(OverrideTier("ovr_2", "platinum", date(2026, 12, 31), "gala", TierCause.CAMPAIGN, "staff:mei", "staff:li"))
    book.buy(20_00, "p3")
    for name, is_released in (("4", False), ("5", True)):
        held = book.buy(3_000_00, f"p{name}", case_id=f"apr_{name}")
        book.take(DecideCase(f"apr_{name}", is_released, "", "staff:li"))
        book.refund(held, 500_00, f"ref_{name}", is_forfeited=not is_released)
    book.take(CloseAccount("clo_1", "left", "staff:mei", closes_on=book.now.date() + timedelta(days=9)))
    book.buy(50_00, "p6")
    book.take(CancelClosure("clx_1", "staff:mei"))
    book.buy(50_00, "p7")
    return book


def asked(book: Diary, draft: Programme, start: datetime, end: datetime) -> tuple[Side, Side]:
    """Both sides of the diary."""
    question = Question.of(book.history, book.history.at(end), draft, start, end)
    sides = compare(MEMBER, book.entries, question)
    assert sides
    return sides


@pytest.mark.parametrize("days", [0, 3, 12, 20], ids="from day {}".format)
def test_the_same_programme_comes_to_the_same(diary: Diary, days: int) -> None:
    """Whatever happened before and in the period: what is played again is what was recorded, and nothing is refused."""
    start = NOON + timedelta(days=days, hours=-1)
    current, draft = asked(diary, RICH, start, diary.now)

    assert current == draft
    assert not current.refused
    assert (diary.account.tier, diary.account.available + diary.account.pending_points) == (current.tier, current.outstanding)
    if not days:
        made = diary.account
        assert (made.earned_total, made.spent_total, made.expired_total, made.reversed_total) == (
            current.issued, current.redeemed, current.expired, current.reversed,
        )  # fmt: skip


def test_what_the_draft_does_not_know_is_refused_and_counted(diary: Diary) -> None:
    """Gifts, partners, activities and offers that the draft has not, reasons it does not know, steps it does not take."""
    strict = changed(preset("four"), adjustments={"reason_codes": ["other"]}, redemption={"step": 1000})
    _, draft = asked(diary, strict, NOON - timedelta(hours=1), diary.now)

    expected = {
        "transfers_off": 1, "partner_unknown": 1, "activity_unknown": 1, "tier_offer_unknown": 1, "reason_unknown": 2, "points_step": 5,
    }  # fmt: skip
    assert expected == dict(draft.refused)


def test_points_that_a_draft_never_gave_cannot_be_used(diary: Diary) -> None:
    """Under a rate of nothing redemptions fail, holds take what there is, and the purchase goes on without them."""
    poor = changed(
        preset("four"), tiers=[{**tier.model_dump(), "points_per_unit_thousandths": 0} for tier in preset("four").tiers]
    )  # fmt: skip
    book = Diary(RICH)
    book.buy(100_00, "p1")
    book.now += timedelta(days=8)
    book.take(Redeem("red_1", "till-1", "d1", 10, None, "gift", "machine:till"))
    book.take(PlaceHold("hold_1", "till-1", "h1", 20, None, "machine:till"), days=0)
    book.buy(50_00, "p2", hold_id="hold_1")
    book.take(PlaceHold("hold_2", "till-1", "h2", 20, None, "machine:till"), days=0)
    book.take(CommitHold("hold_2", None, "machine:till"))
    book.take(PlaceHold("hold_3", "till-1", "h3", 20, None, "machine:till"), days=0)
    book.take(CancelHold("hold_3", "machine:till"))
    _, draft = asked(book, poor, NOON - timedelta(hours=1), book.now)

    assert (0, 0, {"insufficient_points": 1}) == (draft.issued, draft.redeemed, dict(draft.refused))


def test_an_account_that_has_come_to_its_end_ends_again(diary: Diary) -> None:
    """The notice is played, the end follows from it by itself."""
    diary.take(CloseAccount("clo_2", "left", "staff:mei", closes_on=diary.now.date() + timedelta(days=2)))
    diary.now += timedelta(days=9)
    diary.take(Settle())
    current, draft = asked(diary, RICH, NOON, diary.now)
    assert (0, 0, {}) == (current.outstanding, draft.outstanding, dict(draft.refused))


def test_a_closed_account_stays_closed(diary: Diary) -> None:
    """Its points are forfeited under the draft too."""
    diary.take(CloseAccount("clo_1", "left", "staff:mei", at_once=True))
    current, draft = asked(diary, RICH, NOON, diary.now)
    assert (0, 0) == (current.outstanding, draft.outstanding)


def test_refunds_and_cancellations_of_what_is_not_known_are_left_out(diary: Diary) -> None:
    """Of an account whose earliest entries were cut, what leans on them gives nothing and breaks nothing."""
    late = [entry for entry in diary.entries if entry.kind.value in {"refund", "redemption_cancellation", "hold_commit", "purchase"}][-4:]
    question = Question.of(diary.history, diary.history.at(NOON), RICH, NOON, diary.now)
    sides = compare(MEMBER, [entry for entry in late if entry.kind.value != "purchase"], question)
    assert sides
    assert 0 == sides[0].issued


def test_nobody_is_compared_before_the_first_fact(diary: Diary) -> None:
    """A member of whom nothing was recorded by then is not counted."""
    question = Question.of(diary.history, diary.history.at(NOON), RICH, NOON - timedelta(days=9), NOON - timedelta(days=1))
    assert compare(MEMBER, diary.entries, question) is None


def test_the_draft_replaces_every_version_within_the_period() -> None:
    """Both sides share the versions before the period; then comes the programme in force now, or the draft."""
    first, second = preset("four"), preset("five")
    starts = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 4)]
    both = history((starts[0], first), (starts[1], second))
    within = Question.of(both, both.at(starts[1]), first, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    before = Question.of(both, both.at(starts[0]), second, datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC))

    def numbers(of: ProgrammeHistory) -> list[int]:
        return [version.number for version in of.versions]

    assert ([1, 2], [1, 3]) == (numbers(within.current), numbers(within.draft))
    assert datetime(2026, 3, 1, tzinfo=UTC) == within.current.versions[1].effective_from
    assert ([1], [1, 3]) == (numbers(before.current), numbers(before.draft))


def test_counting_needs_no_order_of_refunds() -> None:
    """Three parts of one purchase take back what the whole would."""
    book = Diary(changed(preset("four")))
    bought = book.buy(99_99, "p1")
    for number in count(1):
        book.refund(bought, 33_33, f"ref_{number}")
        if number == 3:
            break
    current, _ = asked(book, RICH, NOON - timedelta(hours=1), book.now)
    assert (99, 99) == (current.issued, current.reversed)
