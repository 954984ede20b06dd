"""What needs a second person, as use cases: asked for, decided, and recorded with the decision in one transaction."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from regulars.accounts.answers import MovementAnswer
from regulars.accounts.approvals import Approval, ApprovalKind, ApprovalStatus
from regulars.accounts.commands import Adjust, Command, DecideCase, OverrideTier
from regulars.accounts.entries import EntryKind, TierCause
from regulars.accounts.errors import AlreadyDecidedError, ApprovalRequiredError
from regulars.accounts.operations import Fact, OperationsService
from regulars.accounts.ports import LedgerStore
from regulars.accounts.service import AccountsService, Buyer, Recorded
from regulars.accounts.writer import LedgerWriter
from regulars.kernel.clock import Clock
from regulars.kernel.errors import InvalidCursorError, NotFoundError
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import IdFactory, derived_id
from regulars.kernel.paging import Page, decode_cursor, encode_cursor

_ENTRIES = {
    ApprovalKind.ADJUSTMENT: EntryKind.ADJUSTMENT,
    ApprovalKind.TIER_OVERRIDE: EntryKind.TIER_OVERRIDE,
    ApprovalKind.ABUSE_CASE: EntryKind.CASE_DECISION,
}
"""What a decision becomes in the ledger."""


class ApprovalsService:
    """Corrections above the limit, tiers set by staff, and points that are held for a look."""

    def __init__(
        self,
        operations: OperationsService,
        accounts: AccountsService,
        store: LedgerStore,
        writer: LedgerWriter,
        *,
        clock: Clock,
        new_id: IdFactory,
    ) -> None:
        self._operations = operations
        self._accounts = accounts
        self._store = store
        self._writer = writer
        self._clock = clock
        self._new_id = new_id

    def adjust(self, fact: Fact, member_id: str, command: Adjust) -> Recorded[MovementAnswer | Approval]:
        """Corrects a balance, or keeps the request for a second person where the limit asks for one (PTS-24).

        Raises:
            MemberNotFoundError, ReasonUnknownError, InsufficientPointsError.
        """
        known = self._requested(fact)
        if known:
            return known
        try:
            recorded = self._operations.record(fact, Buyer(member_id), command)
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
        return self._request(fact, approval, lambda: self._writer.preview(partial(self._accounts.account_of, Buyer(member_id)), command))

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
        """One request, as it stands now. Raises: NotFoundError."""
        return self._kept(approval_id).seen_at(self._clock())

    def _kept(self, approval_id: str) -> Approval:
        approval = self._store.approval(approval_id)
        if approval is None:
            raise NotFoundError
        return approval

    def decided_entry(self, approval: Approval) -> str | None:
        """The id of the entry that a decision became; `None` where there is none."""
        if not approval.is_carried_out:
            return None
        return self._operations.recorded(approval.approval_id, _ENTRIES[approval.kind]).entry_id

    def points_held(self, approval: Approval) -> int | None:
        """How many points wait for the decision on an open case; `None` for all else."""
        if approval.kind is not ApprovalKind.ABUSE_CASE or approval.status is not ApprovalStatus.PENDING:
            return None
        case = self._accounts.standing(approval.member_id).account.case
        return case.points if case and case.case_id == approval.approval_id else 0

    def approvals(self, limit: int, cursor: str | None) -> Page[Approval]:
        """Requests with their decisions, newest first. Raises: InvalidCursorError."""
        after = decode_cursor(cursor).get("after", "") if cursor is not None else None
        if after is not None and not after.startswith("apr_"):
            raise InvalidCursorError
        found, following = self._store.approvals(limit=limit, after=after)
        now = self._clock()
        return Page(tuple(approval.seen_at(now) for approval in found), encode_cursor({"after": following}) if following else None)

    def decide(self, approval_id: str, by: str, *, is_approved: bool, note: str) -> Approval:
        """Decides on a request; what follows is recorded in the same transaction. The same decision again answers the same.

        Raises:
            NotFoundError, AlreadyDecidedError, OwnRequestError, ConflictError, and what the command raises.
        """

        def attempt() -> Approval:
            approval = self._kept(approval_id)
            if approval.decided_by == by and (approval.status is ApprovalStatus.APPROVED) == is_approved:
                return approval
            decided = approval.decided(by, self._clock(), is_approved=is_approved, note=note)
            if decided.is_carried_out:
                return self._carry_out(decided)
            self._store.decide(decided)
            return decided

        return self._writer.patiently(attempt)

    def _carry_out(self, decided: Approval) -> Approval:
        def command() -> Command:
            known = self._kept(decided.approval_id)  # read again at each try: a race that somebody's decision won is lost for good
            if known.status is not ApprovalStatus.PENDING:
                raise AlreadyDecidedError(status=known.status.value)
            return _command_of(decided)

        self._operations.record(Fact(decided.approval_id, decided.approval_id), Buyer(decided.member_id), command, decided)
        return self.approval(decided.approval_id)


def _command_of(approval: Approval) -> Command:
    facts: Any = approval.facts
    if approval.kind is ApprovalKind.ADJUSTMENT:
        return Adjust(
            approval.approval_id, facts["points"], facts["reason_code"], facts["note"], approval.requested_by, approval.decided_by
        )
    if approval.kind is ApprovalKind.ABUSE_CASE:
        is_released = approval.status is ApprovalStatus.APPROVED
        return DecideCase(approval.approval_id, is_released, approval.note, approval.decided_by)
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
