"""The laws of `invariants.md` that accounts must keep, checked against the model at every commit, answer and read."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from regulars.accounts.answers import PurchaseAnswer
from regulars.accounts.entries import Entry, PostingKind
from regulars.accounts.errors import PurchaseTooOldError
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import GENESIS, POSTINGS_MAX, Account
from regulars.accounts.progress import Standing
from regulars.accounts.purchasing import CLOCK_TOLERANCE
from regulars.accounts.records import chain_hash
from regulars.accounts.relay import events_of_entry
from regulars.accounts.service import Recorded
from regulars.kernel.errors import RegularsError
from tests.simulation.model import Expected, Fact, Model, day_of
from tests.support.ledger import FakeLedgerStore


class BrokenLawError(AssertionError):
    """A law does not hold."""


class Laws:
    """Checks; what must come out of each recorded purchase is remembered by its reference."""

    def __init__(self, store: FakeLedgerStore, model: Model) -> None:
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

    def check_commit(self, before: Account, outcome: Outcome, fact: Fact | None, now: datetime) -> None:
        """A commit was accepted: versions rise by one, the entry is bounded, and the model agrees with every figure."""
        entry, account = outcome.entry, outcome.account
        assert entry is not None
        self.same("L9 version", before.version + 1, account.version)
        self.same("entry size", True, len(entry.postings) <= POSTINGS_MAX)
        if fact is None:
            if not outcome.is_partial:
                self.model.settled(account.member_id, now)
            return
        known = self.model.accounts.get(fact.member_id)
        if known and fact.reference in known.recorded:
            self.fail(f"I1: {fact.reference} was recorded twice")
        expected = self.model.commit(fact, now)
        self.expected[fact.reference] = expected
        earned = sum(posting.points for posting in entry.postings if posting.kind is PostingKind.EARN)
        assert entry.purchase is not None
        self.same("points", expected.points, earned)
        self.same("F2 shares of the lines", expected.points, entry.purchase.points)
        self.same("tier", expected.tier, account.tier)
        self.same("balance", expected.balance, entry.balance_after)
        self.same("pending", expected.pending, entry.pending_after)

    def check_answer(self, fact: Fact, first: Recorded[PurchaseAnswer] | None, recorded: Recorded[PurchaseAnswer]) -> None:
        """An answer says what the model says, and a replay says the same as the first (laws I2, I4)."""
        expected = self.expected.get(fact.reference)
        if expected is None:
            self.fail(f"I2: {fact.reference} was acknowledged but not recorded")
            return
        answer = recorded.answer
        self.same("answer", expected, Expected(answer.points, answer.balance, answer.pending, answer.tier))
        if first:
            self.same("I4 replay", first.answer, answer)

    def check_refusal(self, fact: Fact, error: RegularsError, now: datetime) -> None:
        """A refusal is only for what was not recorded, and for a reason that holds."""
        self.check_absent(fact)
        if isinstance(error, PurchaseTooOldError):
            days = self.model.programme(now).late_window_days
            self.same("too old", True, not fact.is_import and fact.occurred_at < now - timedelta(days=days))
        else:
            self.same("in the future", True, fact.occurred_at > now + CLOCK_TOLERANCE)

    def check_absent(self, fact: Fact) -> None:
        """What was refused is not in the ledger."""
        if fact.reference in self.expected:
            self.fail(f"{fact.reference} was refused although it had been recorded")

    def check_standing(self, member: str, standing: Standing, now: datetime) -> None:
        """A read at any moment is right, whether or not a job ran (laws X1, V3)."""
        self.same("available", self.model.available(member, now), standing.available)
        self.same("pending", self.model.pending(member, now), standing.pending)
        self.same("expiring", standing.available, sum(item.points for item in standing.expiring) + self._never(standing))
        if member in self.model.accounts:
            self.same("tier", self.model.tier(member, now), standing.tier.code)

    @staticmethod
    def _never(standing: Standing) -> int:
        return sum(points for lot, points in standing.account.lots.items() if lot.year == 9999)

    def check_member(self, member: str, standing: Standing, now: datetime) -> None:
        """At the end: sums, replay, chain, events and the due index agree."""
        self.check_standing(member, standing, now)
        account = self.store.load(member)
        entries = self.store.all_entries(member)
        if account is None:
            self.same("no account, no entries", [], entries)
            return
        self.same("earned in all", self.model.earned(member), account.earned_total)
        self.same("expired in all", self.model.expired(member, now), account.expired_total)
        self.same("L2 available", sum(account.lots.values()), self._posted(entries))
        self.same("settled by the night", standing.available, account.available)
        self.same("L3 no empty or negative lot", True, all(points > 0 for points in account.lots.values()))
        today = day_of(now, self.model.programme(now))
        self.same("due after the night", True, account.next_due_on is None or account.next_due_on > today)
        self._check_purchases(member, entries)
        self._check_chain(account, entries)
        self._check_events(member, now)

    @staticmethod
    def _posted(entries: list[Entry]) -> int:
        """What the postings come to for the available balance: everything but points earned as pending."""
        return sum(
            posting.points
            for entry in entries
            for posting in entry.postings
            if not (posting.kind is PostingKind.EARN and posting.available_from)
        )

    def _check_purchases(self, member: str, entries: list[Entry]) -> None:
        recorded = sorted(entry.purchase.reference for entry in entries if entry.purchase)
        known = self.model.accounts.get(member)
        self.same("recorded facts", sorted(known.recorded) if known else [], recorded)

    def _check_chain(self, account: Account, entries: list[Entry]) -> None:
        head = GENESIS
        for number, entry in enumerate(entries, 1):
            self.same("L9 no gap", number, entry.version)
            head = chain_hash(head, entry)
            self.same("L8 hash", head, entry.hash)
        self.same("L8 head", head, account.head_hash)

    def _check_events(self, member: str, now: datetime) -> None:
        items = [
            {"pk": member, "sk": f"ENTRY#{number:010d}", **record} for number, record in enumerate(self.store.entries_of.get(member, []), 1)
        ]
        events = [event for item in items for event in events_of_entry(item)]
        ids = Counter(event.event_id for event in events)
        self.same("one event id an event", True, all(count == 1 for count in ids.values()))
        points = Counter[str]()
        reminders = Counter[object]()
        for event in events:
            points[event.event_type()] += getattr(event, "points", 0)
            if event.event_type() == "PointsExpiring":
                reminders[(getattr(event, "expires_on"))] += 1  # noqa: B009  # every event type has its own fields
        self.same("PointsEarned", self.model.earned(member), points["PointsEarned"])
        self.same("PointsExpired", self.model.expired(member, now), points["PointsExpired"])
        self.same("a lot is announced once", True, all(count == 1 for count in reminders.values()))
        changes = len(self.model.accounts[member].tiers) - 1 if member in self.model.accounts else 0
        self.same("TierChanged", changes, sum(event.event_type() == "TierChanged" for event in events))

    def check_unchanged(self, before: Mapping[str, Account]) -> None:
        """Accounts are as they were."""
        for member, account in before.items():
            self.same("X2 a second night", account, self.store.load(member))
