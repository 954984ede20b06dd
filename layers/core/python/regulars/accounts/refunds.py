"""Refunds as a use case: of a recorded purchase at once, of one that has not come as soon as it comes (law F4)."""

from copy import replace
from typing import Self

import msgspec
from msgspec import Struct

from regulars.accounts.answers import MovementAnswer, PurchaseAnswer, movement_answer
from regulars.accounts.approvals import ApprovalStatus
from regulars.accounts.commands import Command
from regulars.accounts.entries import Entry
from regulars.accounts.errors import OccurredInFutureError, RefundsWaitingError
from regulars.accounts.ports import LedgerStore
from regulars.accounts.purchasing import CLOCK_TOLERANCE
from regulars.accounts.service import AccountsService, Buyer, Recorded
from regulars.accounts.waiting import WAITING_MAX, RefundRequest, Waiting
from regulars.accounts.writer import LedgerWriter, Outcomes
from regulars.kernel.errors import NotFoundError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import Patience


class RefundAnswer(Struct, frozen=True):
    """What a refund came to; without a movement it waits for its purchase."""

    refund_id: str
    purchase_id: str
    movement: MovementAnswer | None = None

    def to_text(self) -> str:
        """The answer as a guard keeps it."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The answer that a guard kept."""
        return msgspec.json.decode(text, type=cls)


class RefundsService:
    """Refunds, once each, in any order."""

    def __init__(self, accounts: AccountsService, store: LedgerStore, writer: LedgerWriter, patience: Patience) -> None:
        self._accounts = accounts
        self._store = store
        self._writer = writer
        self._patience = patience

    def record(self, request: RefundRequest, input_hash: str) -> Recorded[RefundAnswer]:
        """Records a refund once; where its purchase is not known yet, it waits for it.

        Raises:
            RefundExceedsPurchaseError, RefundLineUnknownError, RefundsWaitingError, OccurredInFutureError.
            IdempotencyMismatchError: the reference was used with other content.
            ConflictError: others kept changing the account; try again.
        """
        key = request.refund_id
        return self._accounts.once(key, input_hash, RefundAnswer.from_text, lambda _waiting: self._record(request, input_hash))

    def _record(self, request: RefundRequest, input_hash: str) -> RefundAnswer:
        self._check(request)

        def attempt() -> RefundAnswer:
            known = self._store.guard(request.purchase_id)
            if known is None or known.is_waiting:
                return self._wait(request, known, input_hash)
            return self._apply(request, self._purchase(known), input_hash)

        return self._patience.attempt(attempt)

    def _check(self, request: RefundRequest) -> None:
        if request.occurred_at > self._accounts.now() + CLOCK_TOLERANCE:
            raise OccurredInFutureError

    def _purchase(self, guard: Guard) -> Entry:
        answer = PurchaseAnswer.from_text(guard.answer)
        return self._accounts.entry(answer.member_id, answer.entry_id)

    def _apply(self, request: RefundRequest, purchase: Entry, input_hash: str) -> RefundAnswer:
        def command() -> Command:
            return request.command(purchase, self._store.refunds(request.purchase_id), is_forfeited=self._is_forfeited(purchase))

        def answer_of(outcomes: Outcomes) -> RefundAnswer:
            return RefundAnswer(request.refund_id, request.purchase_id, movement_answer(outcomes[-1]))

        outcomes = self._writer.write(
            lambda: self._accounts.account_of(Buyer(purchase.member_id)),
            command,
            lambda outcomes: Guard(request.refund_id, input_hash, answer_of(outcomes).to_text()),
        )
        return answer_of(outcomes)

    def _is_forfeited(self, purchase: Entry) -> bool:
        """Whether what a purchase gave was taken after a look: nothing of it is left to take back then (PTS-23)."""
        case_id = purchase.detail.get("case_id")
        case = self._store.approval(str(case_id)) if case_id else None
        return case is not None and case.status is ApprovalStatus.REJECTED

    def _wait(self, request: RefundRequest, known: Guard | None, input_hash: str) -> RefundAnswer:
        waiting = Waiting.of(known)
        if len(waiting.requests) >= WAITING_MAX:
            raise RefundsWaitingError(most=WAITING_MAX)
        answer = RefundAnswer(request.refund_id, request.purchase_id)
        more = replace(waiting, requests=(*waiting.requests, request))
        self._store.wait(more.guard(request.purchase_id), known, Guard(request.refund_id, input_hash, answer.to_text()))
        return answer

    def preview(self, request: RefundRequest, input_hash: str) -> RefundAnswer:
        """What a refund would come to now, or what it came to; nothing is written. Raises: as `record`."""
        known = self._store.guard(request.refund_id)
        if known:
            return RefundAnswer.from_text(known.answer_for(input_hash))
        self._check(request)
        purchase = self._store.guard(request.purchase_id)
        if purchase is None or purchase.is_waiting:
            return RefundAnswer(request.refund_id, request.purchase_id)
        entry = self._purchase(purchase)
        command = request.command(entry, self._store.refunds(request.purchase_id), is_forfeited=self._is_forfeited(entry))
        outcome = self._writer.preview(lambda: self._accounts.account_of(Buyer(entry.member_id)), command)
        return RefundAnswer(request.refund_id, request.purchase_id, movement_answer(outcome))

    def find(self, refund_id: str) -> tuple[RefundAnswer, Entry | None]:
        """A refund as it was answered, and its entry once it has one.

        Raises:
            NotFoundError: none of this id was recorded.
        """
        guard = self._store.guard(refund_id) if refund_id.startswith("ref_") else None
        if guard is None or guard.is_waiting:
            raise NotFoundError
        answer = RefundAnswer.from_text(guard.answer)
        purchase = self._store.guard(answer.purchase_id)
        if purchase is None or purchase.is_waiting:
            return answer, None
        state = self._store.refunds(answer.purchase_id)
        entry_id = state.refunds.get(refund_id) if state else None
        return answer, self._accounts.entry(self._purchase(purchase).member_id, entry_id) if entry_id else None
