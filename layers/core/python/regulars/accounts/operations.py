"""The accounts' use cases besides purchases: each is recorded once by its own id, and answers the same for ever (laws I1 to I7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from regulars.accounts.answers import MovementAnswer, movement_answer
from regulars.accounts.approvals import Approval, ApprovalKind
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
from regulars.accounts.entries import Entry, EntryKind, PostingKind, TierCause
from regulars.accounts.errors import ApprovalRequiredError, TransferToSelfError
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account
from regulars.accounts.ports import LedgerStore
from regulars.accounts.service import AccountsService, Buyer, Recorded
from regulars.accounts.writer import LedgerWriter, Outcomes
from regulars.kernel.clock import Clock
from regulars.kernel.errors import NotFoundError
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import IdFactory, derived_id
from regulars.kernel.paging import Page, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class Fact:
    """What makes a request one fact: its id, and the hash of its content."""

    key: str
    input_hash: str


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

    def recorded(self, key: str) -> MovementAnswer:
        """What a recorded fact came to.

        Raises:
            NotFoundError: there is none.
        """
        guard = self._store.guard(key)
        if guard is None or guard.is_waiting:
            raise NotFoundError
        return MovementAnswer.from_text(guard.answer)

    # --- holds and redemptions --------------------------------------------------------------------------------------
    def commit_hold(self, command: CommitHold, input_hash: str) -> Recorded[MovementAnswer]:
        """Uses a hold. Raises: NotFoundError, HoldEndedError, HoldExceededError."""
        return self._end_hold(command, derived_id("hcm", command.hold_id), input_hash)

    def cancel_hold(self, command: CancelHold, input_hash: str) -> Recorded[MovementAnswer]:
        """Gives a hold back. Raises: NotFoundError, HoldEndedError."""
        return self._end_hold(command, derived_id("hcx", command.hold_id), input_hash)

    def _end_hold(self, command: CommitHold | CancelHold, key: str, input_hash: str) -> Recorded[MovementAnswer]:
        held = self.recorded(command.hold_id)
        return self.record(Fact(key, input_hash), Buyer(held.member_id), command)

    def cancel_redemption(self, redemption_id: str, reason: str, actor: str) -> Recorded[MovementAnswer]:
        """Gives a redemption's points back. Raises: NotFoundError, CancellationTooLateError."""
        redemption = self._entry_of(self.recorded(redemption_id), EntryKind.REDEMPTION)
        key = derived_id("rcx", redemption_id)
        return self.record(Fact(key, key), Buyer(redemption.member_id), CancelRedemption(redemption, reason, actor))

    def _entry_of(self, answer: MovementAnswer, kind: EntryKind) -> Entry:
        if answer.kind != kind.value:
            raise NotFoundError
        return self._accounts.entry(answer.member_id, answer.entry_id)

    # --- gifts ------------------------------------------------------------------------------------------------------
    def give(self, fact: Fact, from_member_id: str, command: GivePoints) -> Recorded[MovementAnswer]:
        """Moves points to another member; both accounts change in one transaction, and lots keep their end.

        Raises:
            TransferToSelfError, TransfersOffError, TransferLimitError, InsufficientPointsError, MemberNotFoundError.
        """
        if command.to_member_id == from_member_id:
            raise TransferToSelfError

        def receiving(given: Outcome) -> Command:
            entry = given.entry
            lots = {posting.lot: -posting.points for posting in entry.postings if posting.kind is PostingKind.TRANSFER_OUT} if entry else {}
            return ReceivePoints(command.transfer_id, from_member_id, lots, command.actor)

        def guard_of(outcomes: Outcomes) -> Guard:
            return Guard(fact.key, fact.input_hash, movement_answer(outcomes[0]).to_text())

        loads = (self._load(from_member_id), self._load(command.to_member_id))
        return self._accounts.once(
            fact.key,
            fact.input_hash,
            MovementAnswer.from_text,
            lambda _waiting: movement_answer(self._writer.write_pair(loads, command, receiving, guard_of)[0]),
        )

    def _load(self, member_id: str) -> Callable[[], Account]:
        return lambda: self._accounts.account_of(Buyer(member_id))

    # --- what needs a second person ---------------------------------------------------------------------------------
    def adjust(self, fact: Fact, member_id: str, command: Adjust) -> Recorded[MovementAnswer] | Approval:
        """Corrects a balance, or keeps the request for a second person where the limit asks for one (PTS-24).

        Raises:
            MemberNotFoundError, ReasonUnknownError, InsufficientPointsError.
        """
        try:
            return self.record(fact, Buyer(member_id), command)
        except ApprovalRequiredError:
            facts: dict[str, str | int] = {"points": command.points, "reason_code": command.reason_code, "note": command.note}
            return self._request(fact, ApprovalKind.ADJUSTMENT, member_id, facts, command.actor)

    def override_tier(self, fact: Fact, member_id: str, command: OverrideTier) -> Approval:
        """Asks for a tier to be set; a second person decides (TIER-17).

        Raises:
            MemberNotFoundError, TierUnknownError, OverrideEndsInPastError, TierNotHigherError.
        """
        self._writer.preview(self._load(member_id), command)
        facts: dict[str, str | int] = {"tier": command.tier, "reason": command.reason, "cause": command.cause.value}
        ends = {"ends_on": command.ends_on.isoformat()} if command.ends_on else {}
        return self._request(fact, ApprovalKind.TIER_OVERRIDE, member_id, {**facts, **ends}, command.actor)

    def _request(self, fact: Fact, kind: ApprovalKind, member_id: str, facts: dict[str, str | int], actor: str) -> Approval:
        approval = Approval(self._new_id("apr"), kind, member_id, facts, actor, self._clock())

        def request(_waiting: Guard | None) -> str:
            self._store.request(approval, Guard(derived_id("apr", fact.key), fact.input_hash, approval.approval_id))
            return approval.approval_id

        recorded = self._accounts.once(derived_id("apr", fact.key), fact.input_hash, str, request)
        return self.approval(recorded.answer)

    def approval(self, approval_id: str) -> Approval:
        """One request. Raises: NotFoundError."""
        approval = self._store.approval(approval_id)
        if approval is None:
            raise NotFoundError
        return approval

    def approvals(self, limit: int, cursor: str | None) -> Page[Approval]:
        """Requests with their decisions, newest first. Raises: InvalidCursorError."""
        after = decode_cursor(cursor).get("after") if cursor else None
        found, following = self._store.approvals(limit=limit, after=after)
        return Page(tuple(found), encode_cursor({"after": following}) if following else None)

    def decide(self, approval_id: str, by: str, *, is_approved: bool, note: str) -> Approval:
        """Decides on a request; what is approved is recorded in the same transaction. The same decision again answers the same.

        Raises:
            NotFoundError, AlreadyDecidedError, OwnRequestError, and what the command raises.
        """
        approval = self.approval(approval_id)
        is_repeated = approval.decided_by == by and (approval.status.value == "approved") == is_approved
        if is_repeated:
            return approval
        decided = approval.decided(by, self._clock(), is_approved=is_approved, note=note)
        if not is_approved:
            self._store.decide(decided)
            return decided
        command = _command_of(decided)
        fact = Fact(approval_id, approval_id)
        self.record(fact, Buyer(approval.member_id), command, decided)
        return self.approval(approval_id)


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
