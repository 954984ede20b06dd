"""Points that are held, used, given, corrected and forfeited: nothing is lost, nothing made twice, lots keep their end."""

from copy import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.accounts.account_records import account_record, read_account
from regulars.accounts.commands import (
    Adjust,
    CancelClosure,
    CancelHold,
    CancelRedemption,
    CloseAccount,
    Command,
    CommitHold,
    CreditPartnerPoints,
    GivePoints,
    OpenBalance,
    PlaceHold,
    ReceivePoints,
    RecordActivity,
    Redeem,
    Settle,
)
from regulars.accounts.entries import PostingKind
from regulars.accounts.errors import (
    ActivityLimitError,
    ActivityUnknownError,
    ApprovalRequiredError,
    CancellationTooLateError,
    ExpiryInPastError,
    HoldEndedError,
    HoldExceededError,
    InsufficientPointsError,
    OrderShareExceededError,
    PartnerLimitError,
    PartnerUnknownError,
    PointsStepError,
    ReasonUnknownError,
    TooManyHoldsError,
    TransferLimitError,
    TransfersOffError,
)
from regulars.accounts.ledger import Outcome, apply
from regulars.accounts.model import HOLDS_MAX, NEVER, Account, Hold, new_account
from regulars.accounts.movement import NEUTRAL, soonest_first
from regulars.accounts.progress import settled
from regulars.accounts.records import entry_record, read_entry
from regulars.program.presets import preset
from tests.support.accounts import MEMBER, NOON, changed, history, purchase

START = datetime(2000, 1, 1, tzinfo=UTC)
SOON, LATE = date(2026, 3, 31), date(2027, 3, 31)
WORDS = {"en": "x", "zh_cn": "x"}
RULES = history(
    (
        START,
        changed(
            preset("four"),
            transfers={"enabled": True, "points_max": 100, "monthly_points_max": 150, "monthly_count_max": 3},
            activities=[
                {"code": "sign_in", "name": WORDS, "points": 5, "period": "day", "self_service": True},
                {"code": "profile", "name": WORDS, "points": 50},
            ],
            partners=[{"code": "bank", "name": WORDS, "rate_thousandths": 333, "monthly_points_max": 100}],
            redemption={"points_per_unit": 100, "order_share_percent": 50, "points_min": 10, "step": 10},
        ),
    )
)


def account(**lots: int) -> Account:
    """An account with points that end soon and late."""
    days = {"soon": SOON, "late": LATE, "never": NEVER}
    kept = {days[name]: points for name, points in lots.items()}
    return replace(new_account(MEMBER, RULES.at(NOON), NOON), version=1, lots=kept)


def done(before: Account, command: Command, at: datetime = NOON) -> Outcome:
    return apply(before, command, RULES, at)


def hold(points: int = 100, number: int = 1, order_amount: int | None = None) -> PlaceHold:
    return PlaceHold(f"hold_{number}", "till-1", f"h{number}", points, order_amount, "machine:till")


def redeem(points: int, order_amount: int | None = None) -> Redeem:
    return Redeem("red_1", "till-1", "x1", points, order_amount, "gift", "machine:till")


@given(st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(1, 100), max_size=8), st.integers(0, 900))
def test_what_ends_first_is_used_first(lots: dict[date, int], points: int) -> None:
    """No later lot is touched while an earlier one has points left, and the parts add up (law R3)."""
    taken = soonest_first(lots, points)
    touched = [lot for lot, _part in taken]

    assert min(points, sum(lots.values())) == sum(part for _lot, part in taken)
    assert touched == sorted(lots)[: len(touched)]
    assert all(part == lots[lot] for lot, part in taken[:-1])


def test_a_hold_sets_aside_and_returns_by_itself() -> None:
    """Available falls, held rises; at its end both are as before, also when nobody does anything (law R1)."""
    held = done(account(soon=60, late=100), hold()).account

    assert (60, 100, {LATE: 60}) == (held.available, held.held, held.lots)
    assert NOON + timedelta(minutes=30) == held.holds["hold_1"].expires_at
    over = settled(held, RULES, NOON + timedelta(minutes=30))
    assert (160, 0) == (over.available, over.held)
    assert date(2026, 3, 15) == held.next_due_on


def test_a_hold_is_used_in_part_and_the_rest_returns_to_its_lots() -> None:
    """70 of 100: the soonest lot first, the rest to the very lot it came from (law R2)."""
    held = done(account(soon=60, late=100), hold()).account
    used = done(held, CommitHold("hold_1", 70, "machine:till"))

    assert ({LATE: 90}, 0, 70) == (used.account.lots, used.account.held, used.account.spent_total)
    with pytest.raises(HoldEndedError):
        done(used.account, CancelHold("hold_1", "machine:till"))


def test_a_cancelled_hold_leaves_everything_as_before() -> None:
    """Lots, held and spent."""
    before = account(soon=60, late=100)
    after = done(done(before, hold()).account, CancelHold("hold_1", "machine:till")).account

    assert (before.lots, 0, 0) == (after.lots, after.held, after.spent_total)


def test_held_points_do_not_end_before_their_hold() -> None:
    """Their lot's day passes while they are held: they end when the hold does, or are used (law X4)."""
    late_evening = datetime(2026, 3, 31, 15, 50, tzinfo=UTC)
    held = done(account(soon=60), hold(60), late_evening).account
    past_midnight = late_evening + timedelta(minutes=20)

    assert 60 == settled(held, RULES, past_midnight).held
    used = done(held, CommitHold("hold_1", 20, "machine:till"), past_midnight)
    assert (20, 40) == (used.account.spent_total, used.account.expired_total)
    over = settled(held, RULES, late_evening + timedelta(hours=1))
    assert (0, 60) == (over.held, over.expired_total)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (redeem(200), InsufficientPointsError),
        (redeem(5), PointsStepError),
        (redeem(15), PointsStepError),
        (redeem(100, order_amount=1_99), OrderShareExceededError),
        (hold(200), InsufficientPointsError),
        (CommitHold("hold_9", None, "machine:till"), HoldEndedError),
        (Adjust("adj_1", 1_001, "goodwill", "", "staff:a"), ApprovalRequiredError),
        (Adjust("adj_1", -1_001, "goodwill", "", "staff:a"), ApprovalRequiredError),
        (Adjust("adj_1", 10, "because", "", "staff:a"), ReasonUnknownError),
        (Adjust("adj_1", -161, "correction", "", "staff:a"), InsufficientPointsError),
        (GivePoints("trf_1", "mem_2", 101, "member"), TransferLimitError),
        (GivePoints("trf_1", "mem_2", 0, "member"), TransferLimitError),
        (RecordActivity("act_1", "dance", "app", "a1", "machine:app"), ActivityUnknownError),
        (CreditPartnerPoints("ptn_1", "airline", 100, "p1", "machine:x"), PartnerUnknownError),
        (CreditPartnerPoints("ptn_1", "bank", 400, "p1", "machine:x"), PartnerLimitError),
        (OpenBalance("opb_1", 10, date(2026, 3, 14), "old", "o1", "machine:x"), ExpiryInPastError),
    ],
)
def test_what_breaks_a_rule_is_refused(command: Command, error: type[Exception]) -> None:
    """With 160 points: too many, too few, not in steps, above the limits, unknown codes."""
    with pytest.raises(error):
        done(account(soon=60, late=100), command)


def test_a_hold_gives_no_more_than_it_has() -> None:
    """Nor is there an eleventh."""
    held = done(account(late=100), hold(50)).account
    with pytest.raises(HoldExceededError):
        done(held, CommitHold("hold_1", 60, "machine:till"))
    many = replace(held, holds={f"hold_{number}": Hold(NOON + timedelta(hours=1), {LATE: 1}) for number in range(HOLDS_MAX)})
    with pytest.raises(TooManyHoldsError):
        done(many, hold(10, number=99))


def test_a_redemption_is_worth_its_rate_and_pays_its_share() -> None:
    """100 points pay 1.00, and half of an order of 2.00 at most (PTS-08)."""
    used = done(account(soon=60, late=100), redeem(100, order_amount=2_00))

    assert used.entry is not None
    assert (1_00, {LATE: 60}) == (used.entry.detail["value"], used.account.lots)


def test_a_cancelled_redemption_returns_to_its_lots_in_time() -> None:
    """With their own end, but for the grace days; after 30 days it is too late (law R4)."""
    used = done(account(late=100), redeem(60))
    assert used.entry is not None
    cancel = CancelRedemption(used.entry, "wrong gift", "staff:a")

    assert {LATE: 100} == done(used.account, cancel).account.lots
    assert {LATE: 100} == done(used.account, cancel, NOON + timedelta(days=30)).account.lots
    with pytest.raises(CancellationTooLateError):
        done(used.account, cancel, NOON + timedelta(days=30, seconds=1))


def test_a_gift_moves_lots_and_counts_against_the_month() -> None:
    """What the one gives the other has, ending on the same days; 150 points a month (law R3)."""
    given_away = done(account(soon=60, late=100), GivePoints("trf_1", "mem_2", 100, "member"))
    assert given_away.entry is not None
    lots = {posting.lot: -posting.points for posting in given_away.entry.postings if posting.kind is PostingKind.TRANSFER_OUT}
    received = done(account(), ReceivePoints("trf_1", MEMBER, lots, "member")).account

    assert ({LATE: 60}, {SOON: 60, LATE: 40}) == (given_away.account.lots, received.lots)
    with pytest.raises(TransferLimitError):
        done(given_away.account, GivePoints("trf_2", "mem_2", 60, "member"))
    april = datetime(2026, 4, 1, tzinfo=UTC)
    assert 0 == done(given_away.account, GivePoints("trf_2", "mem_2", 60, "member"), april).account.available


def test_gifts_are_off_unless_the_programme_has_them() -> None:
    """The preset has none."""
    with pytest.raises(TransfersOffError):
        apply(account(late=100), GivePoints("trf_1", "mem_2", 10, "member"), history(), NOON)


def test_an_activity_counts_so_often_in_its_period() -> None:
    """Sign-in once a day, a complete profile once for ever (PTS-04)."""
    sign_in, profile = (RecordActivity("act_1", code, "app", "a", "machine:app") for code in ("sign_in", "profile"))
    after = done(done(account(), sign_in).account, profile).account

    assert 55 == after.available
    for again in (sign_in, profile):
        with pytest.raises(ActivityLimitError):
            done(after, again)
    tomorrow = done(after, sign_in, NOON + timedelta(days=1)).account
    assert 60 == tomorrow.available
    with pytest.raises(ActivityLimitError):
        done(tomorrow, profile, NOON + timedelta(days=700))


def test_a_partners_points_come_at_its_rate_rounded_down() -> None:
    """100 of theirs at 0.333 are 33 (PTS-05); what comes to nothing is recorded all the same."""
    credited = done(account(), CreditPartnerPoints("ptn_1", "bank", 100, "p1", "machine:bank"))
    nothing = done(credited.account, CreditPartnerPoints("ptn_2", "bank", 2, "p2", "machine:bank"))

    assert (33, 33) == (credited.account.available, nothing.account.available)
    assert nothing.entry is not None
    assert () == nothing.entry.postings


def test_an_opening_balance_keeps_its_end() -> None:
    """Points of the system before: with their day, or without end."""
    opened = done(account(), OpenBalance("opb_1", 10, SOON, "old", "o1", "machine:x")).account
    opened = done(opened, OpenBalance("opb_2", 20, None, "old", "o2", "machine:x")).account

    assert {SOON: 10, NEVER: 20} == opened.lots


def test_an_adjustment_names_reason_and_second_person() -> None:
    """Both names are in the entry (PTS-24)."""
    adjusted = done(account(), Adjust("apr_1", 5_000, "goodwill", "late delivery", "staff:a", "staff:b"))

    assert adjusted.entry is not None
    assert ("staff:a", "staff:b", "goodwill") == (
        adjusted.entry.actor, adjusted.entry.detail["approved_by"], adjusted.entry.detail["reason_code"],
    )  # fmt: skip
    assert {LATE: 5_000} == adjusted.account.lots


def test_of_holds_that_end_at_once_the_points_that_end_first_repay_a_debt() -> None:
    """Whatever the holds are called (seed 860009056)."""
    ends = NOON + timedelta(minutes=5)
    before = replace(account(), debt=30, holds={"hold_1": Hold(ends, {LATE: 40}), "hold_2": Hold(ends, {SOON: 40})})
    assert {SOON: 10, LATE: 40} == settled(before, RULES, ends).lots


def test_postings_explain_every_balance_and_all_is_kept_in_the_stored_form() -> None:
    """Over a life of commands: available + pending + held - debt is the sum of what is not neutral; records read back equal (law L2)."""
    now, state, total = NOON, new_account(MEMBER, RULES.at(NOON), NOON), 0
    commands: list[Command] = [
        purchase(200_00), hold(100), CommitHold("hold_1", 30, "till"), redeem(50), hold(40, 2),
        RecordActivity("act_1", "sign_in", "app", "a", "app"), Adjust("adj_1", -20, "correction", "n", "staff:a"),
        GivePoints("trf_1", "mem_2", 40, "member"), OpenBalance("opb_1", 10, SOON, "old", "o1", "x"), Settle(),
        CloseAccount("clo_1", "left", "a"), CancelClosure("clx_1", "a"), CloseAccount("clo_2", "left", "a", at_once=True),
    ]  # fmt: skip
    for command in commands:
        outcome = done(state, command, now)
        state, entry = outcome.account, outcome.entry
        now += timedelta(minutes=7)
        if entry is None:
            continue
        total += sum(posting.points for posting in entry.postings if posting.kind not in NEUTRAL)

        assert total == state.available + state.pending_points + state.held - state.debt
        record = {**account_record(state), **({"due_on": f"{state.next_due_on.isoformat()}#x"} if state.next_due_on else {})}
        assert state == read_account(MEMBER, record)
        assert entry == read_entry(MEMBER, entry.version, {**entry_record(entry), "h": bytes.fromhex(entry.hash)})
