"""The pure core: what a purchase and the passing of time do to an account."""

from copy import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.accounts.account_records import account_record, due_text, read_account
from regulars.accounts.commands import Settle
from regulars.accounts.earning import earn, split
from regulars.accounts.entries import Line, PostingKind, Reminder
from regulars.accounts.errors import CurrencyNotAcceptedError, OccurredInFutureError, PurchaseTooOldError
from regulars.accounts.ledger import apply
from regulars.accounts.model import POSTINGS_MAX, Account, new_account
from regulars.accounts.progress import settled, standing
from regulars.accounts.records import chain_hash, entry_record, read_entry
from regulars.accounts.settling import settle
from regulars.accounts.tiers import figures
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from regulars.program.qualifying import Factor
from tests.support.accounts import MEMBER, NOON, basket, changed, history, purchase

FOUR = history()
MONTH_END = date(2027, 3, 31)


def fresh(programmes: ProgrammeHistory = FOUR, now: datetime = NOON) -> Account:
    """An account nobody has bought with."""
    return new_account(MEMBER, programmes.at(now), now)


def test_a_purchase_earns_the_floor_of_amount_times_rate_until_the_month_end_a_year_on() -> None:
    """19.99 at 1.0 gives 19 points, usable through the last day of the month twelve months later."""
    outcome = apply(fresh(), purchase(19_99), FOUR, NOON)

    assert outcome.account.lots == {MONTH_END: 19}
    assert outcome.entry is not None
    assert [(posting.kind, posting.points, posting.lot) for posting in outcome.entry.postings] == [(PostingKind.EARN, 19, MONTH_END)]
    assert outcome.account.next_due_on == MONTH_END - timedelta(days=30)


def test_a_free_purchase_is_recorded_and_earns_nothing() -> None:
    """A total of 0 is valid: an order more, no posting."""
    outcome = apply(fresh(), purchase(0), FOUR, NOON)

    assert outcome.entry is not None
    assert outcome.entry.postings == ()
    assert [bucket.orders for bucket in outcome.account.buckets.values()] == [1]


@pytest.mark.parametrize(("spend", "tier"), [(999_99, "ordinary"), (1_000_00, "silver"), (2_499_99, "silver"), (5_000_00, "platinum")])
def test_the_upgrade_comes_at_the_threshold_exactly(spend: int, tier: str) -> None:
    """One minor unit below: no. At the threshold: yes, also over two tiers at once (law Q4)."""
    assert apply(fresh(), purchase(spend), FOUR, NOON).account.tier == tier


def test_the_purchase_that_crosses_a_threshold_still_earns_at_the_old_rate() -> None:
    """The tier in force at the time of purchase sets the ratio (design decision 23)."""
    first = apply(fresh(), purchase(1_000_00), FOUR, NOON)
    second = apply(first.account, purchase(100_00, reference="r2", occurred_at=NOON + timedelta(hours=1)), FOUR, NOON + timedelta(hours=1))

    assert first.account.available == 1000
    assert second.account.available == 1000 + 120


def test_a_late_purchase_earns_at_the_tier_of_its_day() -> None:
    """A purchase from before the upgrade that arrives after it earns at the old rate, into the lot of its day."""
    upgraded = apply(fresh(), purchase(1_000_00), FOUR, NOON).account
    before = NOON - timedelta(days=20)
    outcome = apply(upgraded, purchase(100_00, reference="late", occurred_at=before), FOUR, NOON + timedelta(days=1))

    assert outcome.account.lots == {date(2027, 2, 28): 100, MONTH_END: 1000}


def test_a_late_purchase_on_the_last_day_of_its_points_can_still_be_used() -> None:
    """Today is the last day; a day later they are posted in and out (law X1)."""
    rules = history((datetime(2000, 1, 1, tzinfo=UTC), changed(preset("four"), expiry={"policy": "fixed_days", "days": 3})))
    left = [apply(fresh(rules), purchase(10_00), rules, NOON + timedelta(days=days)).account.available for days in (3, 4)]
    assert left == [10, 0]


def test_an_import_in_time_order_is_evaluated_at_its_moment() -> None:
    """The upgrade counts from the imported purchase, so the next one already earns at the new rate; what ended, ends at the close."""
    start = NOON - timedelta(days=500)
    account = fresh()
    for day, amount in ((0, 1_000_00), (1, 100_00), (200, 10_00)):
        command = purchase(amount, reference=f"i{day}", occurred_at=start + timedelta(days=day), may_import=True)
        account = apply(account, command, FOUR, NOON).account
    closed = apply(account, Settle(), FOUR, NOON)

    assert account.tier == "silver"
    assert account.available == 1000 + 120 + 12
    assert closed.account.available == 12
    assert closed.account.expired_total == 1120


def test_an_import_out_of_order_is_a_late_purchase() -> None:
    """A purchase older than what was recorded earns at the tier of its day; its ended lot is posted in and out (X3)."""
    account = apply(fresh(), purchase(1_000_00), FOUR, NOON).account
    command = purchase(50_00, reference="old", occurred_at=NOON - timedelta(days=800), may_import=True)
    outcome = apply(account, command, FOUR, NOON + timedelta(hours=1))

    assert outcome.entry is not None
    assert [(posting.kind, posting.points) for posting in outcome.entry.postings] == [(PostingKind.EARN, 50), (PostingKind.EXPIRE, -50)]
    assert outcome.account.available == 1000
    assert outcome.account.expired_total == 50


def test_refusals_name_their_rule() -> None:
    """A wrong currency, the future and the distant past are refused; five minutes of a fast clock are not."""
    with pytest.raises(CurrencyNotAcceptedError):
        apply(fresh(), purchase(currency="USD"), FOUR, NOON)
    with pytest.raises(OccurredInFutureError):
        apply(fresh(), purchase(occurred_at=NOON + timedelta(minutes=5, seconds=1)), FOUR, NOON)
    with pytest.raises(PurchaseTooOldError):
        apply(fresh(), purchase(occurred_at=NOON - timedelta(days=30, seconds=1)), FOUR, NOON)
    assert apply(fresh(), purchase(occurred_at=NOON + timedelta(minutes=5)), FOUR, NOON).entry
    assert apply(fresh(), purchase(occurred_at=NOON - timedelta(days=30)), FOUR, NOON).entry


def test_points_are_usable_through_their_last_day_in_the_programmes_zone() -> None:
    """On 31 March until midnight in Shanghai, not a second longer, whether or not a job ran (law X1)."""
    account = apply(fresh(), purchase(10_00), FOUR, NOON).account
    midnight = datetime(2027, 3, 31, 16, 0, tzinfo=UTC)

    assert settled(account, FOUR, midnight - timedelta(seconds=1)).available == 10
    assert settled(account, FOUR, midnight).available == 0


def test_several_lots_that_end_soon_are_told_of_together_and_once() -> None:
    """The last of them is remembered, so none is told of again the day after."""
    soon = {date(2026, 3, 20): 5, date(2026, 3, 31): 7}
    told = apply(replace(fresh(), version=1, lots=soon), Settle(), FOUR, NOON)
    again = apply(told.account, Settle(), FOUR, NOON + timedelta(days=1))

    assert told.entry is not None
    assert [reminder.expires_on for reminder in told.entry.reminders] == list(soon)
    assert again.entry is None


def test_what_expires_soon_is_told_once() -> None:
    """From 30 days ahead the settlement notes a lot's points and date; the next one has nothing to tell."""
    account = apply(fresh(), purchase(10_00), FOUR, NOON).account
    early = datetime(2027, 2, 28, 4, 0, tzinfo=UTC)
    assert not settle(account, FOUR, early, room=POSTINGS_MAX).has_happened
    told = apply(account, Settle(), FOUR, early + timedelta(days=1))

    assert told.entry is not None
    assert told.entry.reminders == (Reminder(MONTH_END, 10),)
    assert told.account.next_due_on == MONTH_END + timedelta(days=1)
    assert apply(told.account, Settle(), FOUR, early + timedelta(days=2)).entry is None


def test_pending_points_become_usable_after_the_return_window() -> None:
    """With a window of 7 days the points wait, then mature by settling, and are still there to expire later."""
    programmes = history((datetime(2000, 1, 1, tzinfo=UTC), changed(preset("four"), earning={"return_window_days": 7})))
    account = apply(fresh(programmes), purchase(10_00), programmes, NOON).account
    shown = standing(account, programmes, NOON)
    later = settled(account, programmes, NOON + timedelta(days=7))

    assert (shown.available, shown.pending, shown.pending_until) == (0, 10, ((date(2026, 3, 22), 10),))
    assert (later.available, later.pending_points) == (10, 0)


def test_more_than_one_entry_holds_settles_on_its_own_first() -> None:
    """When over 40 postings are due, settling is committed in parts and the command is applied again."""
    lots = {date(2020, 1, 1) + timedelta(days=number): 1 for number in range(90)}
    account = replace(fresh(), lots=lots, version=1)
    sizes = []
    outcome = apply(account, purchase(10_00), FOUR, NOON)
    while outcome.is_partial:
        assert outcome.entry is not None
        sizes.append(len(outcome.entry.postings))
        outcome = apply(outcome.account, purchase(10_00), FOUR, NOON)

    assert sizes == [28, 28, 28]
    assert outcome.account.lots == {MONTH_END: 10}
    assert outcome.account.expired_total == 90
    assert settled(account, FOUR, NOON).available == 0


def test_the_window_is_the_current_month_and_the_twelve_before() -> None:
    """Spend of the same month a year ago counts; of the month before that it does not (law Q1)."""
    account = fresh()
    for month, amount in (("2025-02-10", 1_00), ("2025-03-10", 2_00), ("2026-03-10", 4_00)):
        moment = datetime.fromisoformat(f"{month}T04:00:00+00:00")
        account = apply(account, purchase(amount, reference=month, occurred_at=moment, may_import=True), FOUR, moment).account

    assert figures(account, FOUR.at(NOON), NOON)[Factor.SPEND] == 6_00
    assert standing(account, FOUR, NOON).window_from == date(2025, 3, 1)


def test_a_due_date_that_is_due_no_more_leaves_the_index() -> None:
    """After a programme stopped reminding, an account whose reminder was due is put at its next true date."""
    silent = changed(preset("four"), expiry={"policy": "fixed_months_end_of_month", "months": 12, "reminder_days": 0})
    both = history((datetime(2000, 1, 1, tzinfo=UTC), preset("four")), (NOON + timedelta(days=1), silent))
    account = apply(fresh(), purchase(10_00), both, NOON).account
    moment = datetime(2027, 3, 2, 4, 0, tzinfo=UTC)
    outcome = apply(account, Settle(), both, moment)

    assert outcome.account.next_due_on == MONTH_END + timedelta(days=1)
    assert apply(outcome.account, Settle(), both, moment).entry is None


def test_closing_an_import_puts_the_true_due_date_back() -> None:
    """While an import runs the night leaves the account alone for two days; closing it makes tomorrow's reminder tomorrow's again."""
    close = datetime(2027, 2, 28, 4, 0, tzinfo=UTC)
    imported = apply(fresh(), purchase(10_00, may_import=True), FOUR, close).account
    outcome = apply(imported, Settle(), FOUR, close)

    assert imported.next_due_on == date(2027, 3, 2)
    assert outcome.account.next_due_on == MONTH_END - timedelta(days=30) == date(2027, 3, 1)
    assert apply(outcome.account, Settle(), FOUR, close).entry is None


def test_points_that_never_expire_are_never_due() -> None:
    """With expiry off there is no date, no reminder, nothing for the night."""
    never = history((datetime(2000, 1, 1, tzinfo=UTC), changed(preset("four"), expiry={"policy": "never"})))
    outcome = apply(fresh(never), purchase(10_00), never, NOON)

    assert outcome.account.next_due_on is None
    assert standing(outcome.account, never, NOON).expiring == ()
    assert settled(outcome.account, never, NOON + timedelta(days=5000)).available == 10


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=200))
def test_shares_add_up_to_the_whole(points: int, weights: list[int]) -> None:
    """Whatever the lines weigh, their shares sum to the whole, none is negative, and each is within one of its due (laws F2, L6)."""
    shares = split(points, weights)
    total = sum(weights)

    assert sum(shares) == (points if total else 0)
    assert all(abs(share * total - points * weight) < total for share, weight in zip(shares, weights, strict=True) if total)


@given(st.lists(st.integers(0, 10_000_00), min_size=1, max_size=20))
def test_a_purchase_is_rounded_once(amounts: list[int]) -> None:
    """The points of many lines are those of one line with their sum."""
    programme = preset("four")
    lines = [Line("s", "c", 1, amount) for amount in amounts]

    whole = earn(programme, basket([Line("s", "c", 1, sum(amounts))], tier="gold"))

    assert whole.points == earn(programme, basket(lines, tier="gold")).points


@given(st.data())
def test_time_in_one_step_or_in_many_comes_to_the_same(data: st.DataObject) -> None:
    """Settling at any moments on the way changes neither balance nor what expired (law X2)."""
    account = fresh()
    moment = NOON
    for number in range(data.draw(st.integers(1, 6))):
        moment += timedelta(days=data.draw(st.integers(0, 200)))
        amount = data.draw(st.integers(0, 3_000_00))
        account = apply(account, purchase(amount, reference=str(number), occurred_at=moment), FOUR, moment).account
    end = moment + timedelta(days=data.draw(st.integers(0, 800)))
    stops = sorted(data.draw(st.lists(st.integers(0, 800), max_size=4)))
    walked = account
    for stop in stops:
        walked = apply(walked, Settle(), FOUR, min(end, moment + timedelta(days=stop))).account
    one, many = settled(account, FOUR, end), settled(walked, FOUR, end)

    assert (one.lots, one.expired_total, one.tier) == (many.lots, many.expired_total, many.tier)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2_000_00)), min_size=1, max_size=12), st.randoms())
def test_the_tier_reached_does_not_depend_on_the_order_of_arrival(purchases: list[tuple[int, int]], rng: "object") -> None:
    """Purchases of one window that arrive in any order come to the same tier and spend (law Q3)."""
    moment = NOON + timedelta(days=21)

    def play(order: list[tuple[int, tuple[int, int]]]) -> Account:
        account = fresh()
        for number, (day, amount) in order:
            account = apply(account, purchase(amount, reference=str(number), occurred_at=NOON + timedelta(days=day)), FOUR, moment).account
        return account

    forward = list(enumerate(purchases))
    one, other = play(forward), play(forward[::-1])
    assert (one.tier, figures(one, FOUR.at(moment), moment)) == (other.tier, figures(other, FOUR.at(moment), moment))


def test_what_is_stored_is_what_was_meant() -> None:
    """An account and an entry come back from their records as they were, and the chain can be verified from them (laws L7, L8)."""
    programmes = history((datetime(2000, 1, 1, tzinfo=UTC), changed(preset("four"), earning={"return_window_days": 7})))
    first = apply(fresh(programmes), purchase(1_000_00), programmes, NOON)
    second = apply(first.account, Settle(), programmes, datetime(2027, 3, 20, tzinfo=UTC))
    for outcome in (first, second):
        entry, account = outcome.entry, outcome.account
        assert entry is not None
        stored = {**entry_record(entry), "h": bytes.fromhex(entry.hash)}
        assert read_entry(MEMBER, entry.version, stored) == entry
        assert read_account(MEMBER, {**account_record(account), "due_on": due_text(account)}) == account
    assert first.entry is not None
    assert second.entry is not None
    assert second.entry.hash == chain_hash(first.entry.hash, second.entry)
    assert second.entry.hash != chain_hash(first.entry.hash, replace(second.entry, balance_after=0))
