"""The accounts' use cases besides purchases: each is recorded once by its own id, and answers the same for ever (laws I1 to I7)."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from msgspec import Struct

from regulars.accounts.answers import MovementAnswer, movement_answer
from regulars.accounts.approvals import Approval, ApprovalKind, ApprovalStatus
from regulars.accounts.commands import (
    Adjust,
    CancelHold,
    CancelRedemption,
    Command,
    CommitHold,
    GivePoints,
    OverrideTier,
    ReceivePoints,
)
from regulars.accounts.entries import EntryKind, PostingKind, TierCause
from regulars.accounts.errors import AlreadyDecidedError, ApprovalRequiredError, TransferToSelfError
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account
from regulars.accounts.ports import LedgerStore
from regulars.accounts.service import AccountsService, Buyer, Recorded
from regulars.accounts.writer import LedgerWriter, Outcomes
from regulars.kernel.clock import Clock
from regulars.kernel.errors import InvalidCursorError, NotFoundError
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import IdFactory, derived_id
from regulars.kernel.paging import Page, decode_cursor, encode_cursor


class Fact(Struct, frozen=True):
    """What makes a request one fact: its id, and the hash of its content."""

    key: str
    input_hash: str


class UseStatus(StrEnum):
    """How a hold or a redemption stands."""

    OPEN = "open"
    COMMITTED = "committed"
    CANCELLED = "cancelled"
    ENDED = "ended"
    REDEEMED = "redeemed"


class Used(Struct, frozen=True):
    """A hold or a redemption: how it stands, what it came to, and what ended it, if that was asked for."""

    status: UseStatus
    answer: MovementAnswer
    ending: MovementAnswer | None = None


_PREFIXES = {EntryKind.HOLD: "hold_", EntryKind.REDEMPTION: "red_", EntryKind.ADJUSTMENT: "apr_", EntryKind.TIER_OVERRIDE: "apr_"}
"""How ids of facts that are read again begin."""


class OperationsService:
    """Holds, redemptions, adjustments, gifts, activities, partners, tiers bought or set."""

    def __init__(self, accounts: AccountsService, store: LedgerStore, writer: LedgerWriter, clock: Clock, new_id: IdFactory) -> None:
        self._accounts = accounts
        self._store = store
        self._writer = writer
        self._clock = clock
        self._new_id = new_id

    def record(
        self, fact: Fact, buyer: Buyer, command: Command | Callable[[], Command], approval: Approval | None = None
    ) -> Recorded[MovementAnswer]:
        """Applies a command to the account of a member or card holder, once.

        Raises:
            IdempotencyMismatchError: the fact was recorded with other content.
            ConflictError: others kept changing the account; try again.
            RegularsError: what the command lists, or that the member or card is none; nothing was written.
        """

        def guard_of(outcomes: Outcomes) -> Guard:
            return Guard(fact.key, fact.input_hash, movement_answer(outcomes[-1]).to_text())

        def write(_waiting: Guard | None) -> MovementAnswer:
            outcomes = self._writer.write(lambda: self._accounts.account_of(buyer), command, guard_of, approval=approval)
            return movement_answer(outcomes[-1])

        return self._accounts.once(fact.key, fact.input_hash, MovementAnswer.from_text, write)

    def preview(self, fact: Fact, buyer: Buyer, command: Command) -> MovementAnswer:
        """What a command would come to now, or what it came to; nothing is written. Raises: as `record`."""
        known = self._store.guard(fact.key)
        if known:
            return MovementAnswer.from_text(known.answer_for(fact.input_hash))
        return movement_answer(self._writer.preview(lambda: self._accounts.account_of(buyer), command))

    def recorded(self, key: str, kind: EntryKind) -> MovementAnswer:
        """What a recorded fact of a kind came to.

        Raises:
            NotFoundError: there is none.
        """
        guard = self._store.guard(key) if key.startswith(_PREFIXES[kind]) else None
        if guard is None:
            raise NotFoundError
        return MovementAnswer.from_text(guard.answer)

    def _ending(self, prefix: str, key: str) -> MovementAnswer | None:
        """What ended a hold or a redemption: the fact whose id follows from its own."""
        guard = self._store.guard(derived_id(prefix, key))
        return MovementAnswer.from_text(guard.answer) if guard else None

    # --- holds and redemptions --------------------------------------------------------------------------------------
    def commit_hold(self, command: CommitHold, input_hash: str) -> Recorded[MovementAnswer]:
        """Uses a hold. Raises: NotFoundError, HoldEndedError, HoldExceededError."""
        return self._end_hold(command, derived_id("hcm", command.hold_id), input_hash)

    def cancel_hold(self, command: CancelHold, input_hash: str) -> Recorded[MovementAnswer]:
        """Gives a hold back. Raises: NotFoundError, HoldEndedError."""
        return self._end_hold(command, derived_id("hcx", command.hold_id), input_hash)

    def _end_hold(self, command: CommitHold | CancelHold, key: str, input_hash: str) -> Recorded[MovementAnswer]:
        held = self.recorded(command.hold_id, EntryKind.HOLD)
        return self.record(Fact(key, input_hash), Buyer(held.member_id), command)

    def cancel_redemption(self, redemption_id: str, reason: str, actor: str) -> Recorded[MovementAnswer]:
        """Gives a redemption's points back. Raises: NotFoundError, CancellationTooLateError."""
        answer = self.recorded(redemption_id, EntryKind.REDEMPTION)
        redemption = self._accounts.entry(answer.member_id, answer.entry_id)
        key = derived_id("rcx", redemption_id)
        return self.record(Fact(key, key), Buyer(redemption.member_id), CancelRedemption(redemption, reason, actor))

    def hold(self, hold_id: str) -> Used:
        """A hold and how it stands. Raises: NotFoundError."""
        answer = self.recorded(hold_id, EntryKind.HOLD)
        for prefix, status in (("hcm", UseStatus.COMMITTED), ("hcx", UseStatus.CANCELLED)):
            ending = self._ending(prefix, hold_id)
            if ending:
                return Used(status, answer, ending)
        is_open = hold_id in self._accounts.standing(answer.member_id).account.holds
        return Used(UseStatus.OPEN if is_open else UseStatus.ENDED, answer)

    def redemption(self, redemption_id: str) -> Used:
        """A redemption and how it stands. Raises: NotFoundError."""
        answer = self.recorded(redemption_id, EntryKind.REDEMPTION)
        ending = self._ending("rcx", redemption_id)
        return Used(UseStatus.CANCELLED if ending else UseStatus.REDEEMED, answer, ending)

    # --- gifts ------------------------------------------------------------------------------------------------------
    def give(self, fact: Fact, giver_id: str, to: Buyer, points: int, actor: str) -> Recorded[MovementAnswer]:
        """Moves points to another member; both accounts change in one transaction, and lots keep their end. The fact is the gift's id.

        Raises:
            TransferToSelfError, TransfersOffError, TransferLimitError, InsufficientPointsError, MemberNotFoundError.
        """

        def receiving(given: Outcome) -> Command:
            entry = given.entry
            lots = {posting.lot: -posting.points for posting in entry.postings if posting.kind is PostingKind.TRANSFER_OUT} if entry else {}
            return ReceivePoints(fact.key, giver_id, lots, actor)

        def guard_of(outcomes: Outcomes) -> Guard:
            return Guard(fact.key, fact.input_hash, movement_answer(outcomes[0]).to_text())

        def write(_waiting: Guard | None) -> MovementAnswer:
            receiver_id = self._accounts.member_of(to)
            if receiver_id == giver_id:
                raise TransferToSelfError
            loads = (self._load(giver_id), self._load(receiver_id))
            giving = GivePoints(fact.key, receiver_id, points, actor)
            return movement_answer(self._writer.write_pair(loads, giving, receiving, guard_of)[0])

        return self._accounts.once(fact.key, fact.input_hash, MovementAnswer.from_text, write)

    def _load(self, member_id: str) -> Callable[[], Account]:
        return lambda: self._accounts.account_of(Buyer(member_id))

    # --- what needs a second person ---------------------------------------------------------------------------------
    def adjust(self, fact: Fact, member_id: str, command: Adjust) -> Recorded[MovementAnswer | Approval]:
        """Corrects a balance, or keeps the request for a second person where the limit asks for one (PTS-24).

        Raises:
            MemberNotFoundError, ReasonUnknownError, InsufficientPointsError.
        """
        known = self._requested(fact)
        if known:
            return known
        try:
            recorded = self.record(fact, Buyer(member_id), command)
            return Recorded(recorded.answer, recorded.is_replay)
        except ApprovalRequiredError:
            facts: dict[str, str | int] = {"points": command.points, "reason_code": command.reason_code, "note": command.note}
            approval = Approval(self._new_id("apr"), ApprovalKind.ADJUSTMENT, member_id, facts, command.actor, self._clock())
            asked = self._request(fact, approval)
            return Recorded(asked.answer, asked.is_replay)

    def override_tier(self, fact: Fact, member_id: str, command: OverrideTier) -> Recorded[Approval]:
        """Asks for a tier to be set; a second person decides (TIER-17).

        Raises:
            MemberNotFoundError, TierUnknownError, OverrideEndsInPastError, TierNotHigherError.
        """
        facts: dict[str, str | int] = {"tier": command.tier, "reason": command.reason, "cause": command.cause.value}
        ends = {"ends_on": command.ends_on.isoformat()} if command.ends_on else {}
        approval = Approval(self._new_id("apr"), ApprovalKind.TIER_OVERRIDE, member_id, {**facts, **ends}, command.actor, self._clock())
        return self._request(fact, approval, lambda: self._writer.preview(self._load(member_id), command))

    def _requested(self, fact: Fact) -> Recorded[Approval] | None:
        """The request that a fact became before: it stays one, whatever the limits are by now. Raises: IdempotencyMismatchError."""
        guard = self._store.guard(derived_id("apr", fact.key))
        return Recorded(self.approval(guard.answer_for(fact.input_hash)), is_replay=True) if guard else None

    def _request(self, fact: Fact, approval: Approval, check: Callable[[], object] = lambda: None) -> Recorded[Approval]:
        """Keeps a request, once; `check` refuses what could not be carried out now."""
        guard = Guard(derived_id("apr", fact.key), fact.input_hash, approval.approval_id)

        def request(_waiting: Guard | None) -> str:
            check()
            self._writer.patiently(lambda: self._store.request(approval, guard))
            return approval.approval_id

        recorded = self._accounts.once(derived_id("apr", fact.key), fact.input_hash, str, request)
        return Recorded(self.approval(recorded.answer), recorded.is_replay)

    def approval(self, approval_id: str) -> Approval:
        """One request. Raises: NotFoundError."""
        approval = self._store.approval(approval_id)
        if approval is None:
            raise NotFoundError
        return approval

    def approved_entry(self, approval: Approval) -> str | None:
        """The id of the entry that an approved request became."""
        if approval.status is not ApprovalStatus.APPROVED:
            return None
        return self.recorded(approval.approval_id, EntryKind(approval.kind.value)).entry_id

    def approvals(self, limit: int, cursor: str | None) -> Page[Approval]:
        """Requests with their decisions, newest first. Raises: InvalidCursorError."""
        after = decode_cursor(cursor).get("after", "") if cursor is not None else None
        if after is not None and not after.startswith("apr_"):
            raise InvalidCursorError
        found, following = self._store.approvals(limit=limit, after=after)
        return Page(tuple(found), encode_cursor({"after": following}) if following else None)

    def decide(self, approval_id: str, by: str, *, is_approved: bool, note: str) -> Approval:
        """Decides on a request; what is approved is recorded in the same transaction. The same decision again answers the same.

        Raises:
            NotFoundError, AlreadyDecidedError, OwnRequestError, ConflictError, and what the command raises.
        """

        def attempt() -> Approval:
            approval = self.approval(approval_id)
            if approval.decided_by == by and (approval.status is ApprovalStatus.APPROVED) == is_approved:
                return approval
            decided = approval.decided(by, self._clock(), is_approved=is_approved, note=note)
            if is_approved:
                return self._approve(decided)
            self._store.decide(decided)
            return decided

        return self._writer.patiently(attempt)

    def _approve(self, decided: Approval) -> Approval:
        def command() -> Command:
            known = self.approval(decided.approval_id)  # read again at each try: a race that somebody's decision won is lost for good
            if known.status is not ApprovalStatus.PENDING:
                raise AlreadyDecidedError(status=known.status.value)
            return _command_of(decided)

        self.record(Fact(decided.approval_id, decided.approval_id), Buyer(decided.member_id), command, decided)
        return self.approval(decided.approval_id)


def _command_of(approval: Approval) -> Command:
    facts: Any = approval.facts
    if approval.kind is ApprovalKind.ADJUSTMENT:
        return Adjust(
            approval.approval_id, facts["points"], facts["reason_code"], facts["note"], approval.requested_by, approval.decided_by
        )
    ends_on = date.fromisoformat(facts["ends_on"]) if "ends_on" in facts else None
    return OverrideTier(
        approval.approval_id,
        facts["tier"],
        ends_on,
        facts["reason"],
        TierCause(facts["cause"]),
        approval.requested_by,
        approval.decided_by,
    )
