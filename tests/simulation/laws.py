"""The laws of `invariants.md` that accounts must keep, checked against the model at every commit, answer and read."""

from collections import Counter
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from regulars.accounts.answers import MovementAnswer, PurchaseAnswer
from regulars.accounts.entries import Entry, EntryKind, PostingKind
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import GENESIS, POSTINGS_MAX, Account, Case, Hold
from regulars.accounts.movement import NEUTRAL, changes_available, post
from regulars.accounts.ports import LedgerStore
from regulars.accounts.progress import Standing
from regulars.accounts.records import chain_hash, entry_record, instant
from regulars.accounts.refunds import RefundAnswer
from regulars.accounts.relay import events_of_entry
from regulars.accounts.service import Recorded
from regulars.program.qualifying import Factor
from tests.simulation import laws_memory, laws_reading
from tests.simulation.facts import Buy, Fact, Refund
from tests.simulation.model import Model
from tests.simulation.model_account import FOREVER, Member, month_number


class BrokenLawError(AssertionError):
    """A law does not hold."""


@dataclass(frozen=True)
class Expected:
    """What the answer to a fact must say."""

    entry_id: str
    points: int
    balance: int
    pending: int
    held: int
    debt: int
    tier: str


class Laws:
    """Checks; what must come out of each recorded fact is remembered by its reference."""

    def __init__(self, store: LedgerStore, model: Model) -> None:
        self.store = store
        self.model = model
        self.expected: dict[str, Expected] = {}

    def fail(self, message: str) -> None:
        """Tells which law is broken."""
        raise BrokenLawError(message)

    def same(self, law: str, expected: object, actual: object) -> None:
        """Requires equality."""
        if expected != actual:
            self.fail(f"{law}: expected {expected}, got {actual}")

    # --- commits ----------------------------------------------------------------------------------------------------
    def check_entry(self, before: Account, outcome: Outcome) -> None:
        """Versions rise by one, each posting moves something somewhere, settlements are bounded."""
        entry = outcome.entry
        assert entry is not None
        self.same("L9 version", before.version + 1, outcome.account.version)
        self.same("no posting of nothing", [], [posting for posting in entry.postings if not posting.points])
        moved = {posting.lot for posting in entry.postings if posting.kind is PostingKind.EXTEND and posting.points < 0}
        into = {posting.lot for posting in entry.postings if posting.kind is PostingKind.EXTEND and posting.points > 0}
        self.same("X7 carried on, to a later day", True, not moved or max(moved) < min(into))
        if entry.kind is EntryKind.SETTLEMENT:
            self.same("entry size", True, len(entry.postings) <= POSTINGS_MAX)
            if not outcome.is_partial:
                self._check_reminders(outcome.account, entry)

    def _check_reminders(self, account: Account, entry: Entry) -> None:
        """After settling, each lot that ends within the programme's days was told of, and no other is told of now (PTS-12)."""
        days, today = self.model.tiers.at(entry.effective_at).expiry.reminder_days, self.model.tiers.day(entry.effective_at)
        soon = {lot: points for lot, points in account.lots.items() if days and lot <= today + timedelta(days=days)}
        told = {reminder.expires_on: reminder.points for reminder in entry.reminders}
        self.same("PTS-12 told", told, {lot: points for lot, points in soon.items() if lot in told})
        self.same("PTS-12 all told", [], [lot for lot in soon if account.reminded_through is None or lot > account.reminded_through])

    def check_commit(self, fact: Fact | None, outcome: Outcome, member: Member) -> None:
        """The model agrees with every figure of the account after a commit."""
        self.check_state(outcome.account, member)
        if fact and outcome.entry:
            entry = outcome.entry
            self.expected[fact.reference] = Expected(
                entry.entry_id, self.model.moved, member.available, member.waiting, member.held, member.debt, member.tier
            )
            if isinstance(fact, Refund):
                self.same("F1 told", self.model.moved, int(entry.detail["points_returned"]) - int(entry.detail["points_taken"]))
            if isinstance(fact, Buy) and entry.purchase:
                bought = self.model.purchases[fact.reference][1]
                lines = [(line.line.amount, line.points, line.eligible_amount) for line in entry.purchase.lines]
                self.same("F2 lines", bought.lines, lines)

    def check_state(self, account: Account, member: Member) -> None:
        """The account is what the model says it is."""
        self.same("lots", member.lots, account.lots)
        self.same("pending", member.pending, {(day, lot): points for day, lots in account.pending.items() for lot, points in lots.items()})
        watched = member.watched and (member.watched.until, member.watched.parts)
        case = account.case and (
            account.case.releases_on, {(day, lot): points for day, lots in account.case.held.items() for lot, points in lots.items()},
        )  # fmt: skip
        self.same("case", watched, case)
        self.same(
            "holds",
            {(held.ends_at, *sorted(held.parts.items())) for held in member.holds.values()},
            {(hold.expires_at, *sorted(hold.lots.items())) for hold in account.holds.values()},
        )
        self.same("debt", member.debt, account.debt)
        self.same("tier", member.tier, account.tier)
        given = account.granted and (account.granted.tier, account.granted.ends_on, account.granted.cause.value, account.granted.base)
        known = member.given
        self.same("granted tier", known and (known.tier, known.last_day, known.cause, known.base), given)
        self.same("grace", member.grace and member.grace[0], account.grace and account.grace.until)
        self.same("review", member.review, account.review_on)
        totals = (account.earned_total, account.spent_total, account.expired_total, account.reversed_total)
        self.same("totals", (member.earned, member.spent, member.expired, member.reversed), totals)
        self.same("closed", member.is_closed, account.is_closed)
        known_end = member.leaving and (member.leaving.since, member.leaving.last_day)
        self.same("closing", known_end, account.closing and (account.closing.since, account.closing.closes_on))
        for law, expected, actual in laws_memory.pairs(account, member, self.model):
            self.same(law, expected, actual)

    # --- answers ----------------------------------------------------------------------------------------------------
    def check_answer(self, fact: Fact, first: Any, recorded: Recorded[Any]) -> None:
        """An answer says what the model says, and a replay says the same as the first (laws I2, I4)."""
        answer = recorded.answer
        if isinstance(answer, RefundAnswer):
            if answer.movement is None and isinstance(fact, Refund):
                self.same("I2: a waiting refund", True, fact.reference in self.model.waiting.get(fact.purchase, ()))
            answer = answer.movement
        if answer is not None:
            self._check_figures(fact, answer)
        if first is not None:
            self.same("I4 replay", first, recorded.answer)

    def _check_figures(self, fact: Fact, answer: PurchaseAnswer | MovementAnswer) -> None:
        expected = self.expected.get(fact.reference)
        if expected is None:
            self.fail(f"I2: {fact.reference} was acknowledged but not recorded")
            return
        if isinstance(answer, PurchaseAnswer):
            expected = replace(expected, held=0, debt=0)
            bought = self.model.purchases[fact.reference][1]
            self.same("parts", bought.rules, {part.rule: part.points for part in answer.parts})
            self.same("held for a look", bool(bought.case), answer.case_id is not None)
            self.same("eligible", sum(line[2] for line in bought.lines), answer.eligible_amount)
        held, debt = (answer.held, answer.debt) if isinstance(answer, MovementAnswer) else (0, 0)
        told = Expected(answer.entry_id, answer.points, answer.balance, answer.pending, held, debt, answer.tier)
        self.same("answer", expected, told)

    def check_preview(self, member: Member, moved: int, answer: PurchaseAnswer | MovementAnswer) -> None:
        """What was tried says what would have been recorded."""
        told = (answer.points, answer.balance, answer.pending, answer.tier)
        self.same("dry run", (moved, member.available, member.waiting, member.tier), told)

    # --- reads ------------------------------------------------------------------------------------------------------
    def check_standing(self, member_id: str, standing: Standing, now: datetime) -> None:
        """A read at any moment is right, whether or not a job ran (laws X1, V3)."""
        member = self.model.view(member_id, now)
        rules = self.model.tiers.followed(member, now)
        if member_id in self.model.members:
            self.check_state(standing.account, member)
        self.same("available", (member.available, member.waiting), (standing.available, standing.pending))
        self.same("held", (member.held, member.debt), (standing.held, standing.debt))
        expiring = {item.expires_on: item.points for item in standing.expiring}
        self.same("expiring", {day: points for day, points in member.lots.items() if day != FOREVER}, expiring)
        month = month_number(self.model.tiers.day(now))
        figures = self.model.tiers.figures(member, self.model.tiers.window_from(member, rules, month), month, now)
        self.same("figures", figures, tuple(standing.figures[factor] for factor in Factor))
        for law, expected, actual in laws_reading.pairs(standing, member, self.model, now):
            self.same(law, expected, actual)

    # --- the end ----------------------------------------------------------------------------------------------------
    def check_member(self, member_id: str, standing: Standing, now: datetime) -> None:
        """At the end: sums, replay, chain, pages, events and the due index agree."""
        self.check_standing(member_id, standing, now)
        account = self.store.load(member_id)
        entries = self.all_entries(member_id)
        if account is None:
            self.same("no account, no entries", [], entries)
            return
        live, brought = ((each.lots, each.pending, each.holds, each.case) for each in (account, standing.account))
        self.same("settled by the night", brought, live)
        if account.program_version == standing.account.program_version:
            self.same("reviewed by the night", (standing.tier.code, standing.account.grace), (account.tier, account.grace))
        whole = account.available + account.pending_points + account.held - account.debt
        posted = sum(posting.points for entry in entries for posting in entry.postings if posting.kind not in NEUTRAL)
        self.same("L2 sum of the postings", whole, posted)
        lots = [*account.lots.values(), *(points for waiting in account.pending.values() for points in waiting.values())]
        self.same("L3 no empty or negative lot", True, all(points > 0 for points in lots))
        self.same("L3 debt", True, account.debt >= 0 and not (account.debt and account.lots))
        today = self.model.tiers.day(now)
        is_held_today = any(self.model.tiers.day(hold.expires_at) == today for hold in account.holds.values())
        self.same("due after the night", True, account.next_due_on is None or account.next_due_on > today or is_held_today)
        self._check_rebuilt(account, entries)
        self._check_chain(account, entries)
        self._check_events(entries)

    def check_waiting(self) -> None:
        """A refund that came before its purchase was recorded with it (law F4)."""
        for purchase, refunds in self.model.waiting.items():
            if purchase in self.model.purchases:
                self.same("F4 waiting refunds", [], [refund for refund in refunds if refund not in self.model.recorded])

    def all_entries(self, member_id: str) -> list[Entry]:
        """Every entry in order, read page by page (law V1)."""
        found: list[Entry] = []
        before = None
        while True:
            page, before = self.store.entries(member_id, limit=7, before=before)
            found += page
            if before is None:
                return found[::-1]

    def _check_rebuilt(self, account: Account, entries: list[Entry]) -> None:
        """Replaying the entries from nothing gives the live account (law L7)."""
        rebuilt = Account(account.member_id, account.tier, account.tier_since)
        tier = entries[0].tier_changes[0].from_tier if entries and entries[0].tier_changes else None
        for entry in entries:
            if entry.kind is EntryKind.HOLD:
                hold = Hold(instant(int(entry.detail["expires_at"])))
                rebuilt = replace(rebuilt, holds={**rebuilt.holds, str(entry.detail["hold_id"]): hold})
            if entry.purchase and "case_id" in entry.detail:
                releases_on = date.fromisoformat(str(entry.detail["releases_on"]))
                known = rebuilt.case.held if rebuilt.case and rebuilt.case.case_id == entry.detail["case_id"] else {}
                rebuilt = replace(rebuilt, case=Case(str(entry.detail["case_id"]), releases_on, known))
            before = rebuilt.available
            rebuilt = post(rebuilt, entry.postings)
            changed = sum(posting.points for posting in entry.postings if changes_available(posting))
            self.same("V1 statement", rebuilt.available - before, changed)
            figures = (rebuilt.available, rebuilt.pending_points, rebuilt.held, rebuilt.debt)
            self.same("L7 balance after", figures, (entry.balance_after, entry.pending_after, entry.held_after, entry.debt_after))
            for change in entry.tier_changes:
                self.same("L7 tier before", tier or change.from_tier, change.from_tier)
                tier = change.to_tier
        self.same("L7 tier", account.tier, tier or account.tier)
        live, again = ((each.lots, each.pending, each.holds, each.case) for each in (account, rebuilt))
        self.same("L7 lots", live, again)
        names = ("earned_total", "spent_total", "expired_total", "reversed_total")
        self.same("L7 totals", [getattr(account, name) for name in names], [getattr(rebuilt, name) for name in names])

    def _check_chain(self, account: Account, entries: list[Entry]) -> None:
        head = GENESIS
        for number, entry in enumerate(entries, 1):
            self.same("L9 no gap", number, entry.version)
            head = chain_hash(head, entry)
            self.same("L8 hash", head, entry.hash)
        self.same("L8 head", head, account.head_hash)

    def _check_events(self, entries: list[Entry]) -> None:
        items = [
            {"pk": entry.member_id, "sk": f"ENTRY#{entry.version:010d}", **entry_record(entry), "h": bytes.fromhex(entry.hash)}
            for entry in entries
        ]
        events = [event for item in items for event in events_of_entry(item)]
        ids = Counter(event.event_id for event in events)
        self.same("one event id an event", True, all(count == 1 for count in ids.values()))
        kinds = Counter(event.event_type() for event in events)
        expired = sum(posting.kind is PostingKind.EXPIRE for entry in entries for posting in entry.postings)
        self.same("PointsExpired", expired, kinds["PointsExpired"])
        self.same("TierChanged", sum(len(entry.tier_changes) for entry in entries), kinds["TierChanged"])
        told = Counter(reminder.expires_on for entry in entries for reminder in entry.reminders)
        self.same("a lot is announced once", True, all(count == 1 for count in told.values()))

    def check_unchanged(self, before: Mapping[str, Account]) -> None:
        """Accounts are as they were."""
        for member_id, account in before.items():
            self.same("X2 a second night", account, self.store.load(member_id))
