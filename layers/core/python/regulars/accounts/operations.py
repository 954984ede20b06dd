"""The accounts' use cases besides purchases: each is recorded once by its own id, and answers the same for ever (laws I1 to I7)."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from msgspec import Struct

from regulars.accounts.answers import MovementAnswer, movement_answer
from regulars.accounts.approvals import Approval
from regulars.accounts.commands import (
    CancelHold,
    CancelRedemption,
    Command,
    CommitHold,
    GivePoints,
    ReceivePoints,
)
from regulars.accounts.entries import EntryKind, PostingKind
from regulars.accounts.errors import TransferToSelfError
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account
from regulars.accounts.ports import LedgerStore
from regulars.accounts.service import AccountsService, Buyer, Recorded
from regulars.accounts.writer import LedgerWriter, Outcomes
from regulars.kernel.errors import NotFoundError
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import derived_id


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


_PREFIXES = {
    EntryKind.HOLD: "hold_",
    EntryKind.REDEMPTION: "red_",
    EntryKind.ADJUSTMENT: "apr_",
    EntryKind.TIER_OVERRIDE: "apr_",
    EntryKind.CASE_DECISION: "apr_",
}
"""How ids of facts that are read again begin."""


class OperationsService:
    """Holds, redemptions, gifts, activities, partners, tiers bought: what needs nobody else."""

    def __init__(self, accounts: AccountsService, store: LedgerStore, writer: LedgerWriter) -> None:
        self._accounts = accounts
        self._store = store
        self._writer = writer

    def record(
        self, fact: Fact, buyer: Buyer, command: Command | Callable[[], Command], decision: Approval | None = None
    ) -> Recorded[MovementAnswer]:
        """Applies a command to the account of a member or card holder, once; with the decision that allows it, if one does.

        Raises:
            IdempotencyMismatchError: the fact was recorded with other content.
            ConflictError: others kept changing the account; try again.
            RegularsError: what the command lists, or that the member or card is none; nothing was written.
        """

        def guard_of(outcomes: Outcomes) -> Guard:
            return Guard(fact.key, fact.input_hash, movement_answer(outcomes[-1]).to_text())

        def write(_waiting: Guard | None) -> MovementAnswer:
            load = partial(self._accounts.account_of, buyer)
            outcomes = self._writer.write(load, command, guard_of, approval_of=lambda _outcomes: decision)
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
