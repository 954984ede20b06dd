"""Feedback as people use it: give, read, classify, assign, answer, close; every command counts once per idempotency key."""

import json
from collections.abc import Callable
from copy import replace
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.accounts.errors import MemberNotFoundError
from regulars.kernel.clock import Clock, instant_text, parse_instant
from regulars.kernel.errors import NotFoundError, PreconditionFailedError
from regulars.kernel.idempotency import Guard, guard_key
from regulars.kernel.ids import IdFactory
from regulars.kernel.paging import Page
from regulars.kernel.retry import Patience
from regulars.service.assignment import MemberService, service_of
from regulars.service.commands import AnswerFeedback, AssignFeedback, ClassifyFeedback, FeedbackCommand, GiveFeedback, Once
from regulars.service.events import (
    FeedbackAnswered,
    FeedbackAssigned,
    FeedbackClassified,
    FeedbackEvent,
    FeedbackReceived,
    FeedbackResolved,
)
from regulars.service.model import Answer, Feedback, FeedbackStatus, FeedbackSummary, reference_number
from regulars.service.ports import Change, Directory, FeedbackStore, GuardExistsError, ReferenceTakenError, TierOf

_REFERENCES_TRIED = 5


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command came to; the same for every repetition of it."""

    feedback_id: str
    reference: str
    status: FeedbackStatus
    version: int
    at: datetime
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class FeedbackService:
    """Takes feedback in and sees it through."""

    store: FeedbackStore
    directory: Directory
    tier_of: TierOf
    clock: Clock
    new_id: IdFactory
    patience: Patience

    def give(self, command: GiveFeedback, once: Once) -> Receipt:
        """Takes feedback in; its raises are the command's."""
        key = _key("give_feedback", once)
        return self._once(key, once, lambda: self._add(command, once, key))

    def carry_out(self, feedback_id: str, command: FeedbackCommand, once: Once, if_match: int | None = None) -> Receipt:
        """Classifies, answers, assigns or closes; further raises are the command's.

        Raises:
            NotFoundError: there is no such feedback.
            PreconditionFailedError: it has another version than the caller read.
        """
        key = _key(type(command).__name__, once, feedback_id)
        return self._once(key, once, lambda: self._change(feedback_id, command, once, key, if_match))

    def find(self, feedback_id: str) -> Feedback:
        """Feedback, for staff.

        Raises:
            NotFoundError: there is none.
        """
        feedback = self.store.find(feedback_id)
        if feedback is None:
            raise NotFoundError
        return feedback

    def own(self, member_id: str, feedback_id: str) -> Feedback:
        """A member's feedback.

        Raises:
            NotFoundError: there is none, or it is somebody else's.
        """
        feedback = self.find(feedback_id)
        if feedback.member_id != member_id:
            raise NotFoundError
        return feedback

    def of_member(self, member_id: str, limit: int, cursor: str | None) -> Page[FeedbackSummary]:
        """A member's feedback, newest first."""
        return self.store.of_member(member_id, limit, cursor)

    def of_known_member(self, member_id: str, limit: int, cursor: str | None) -> Page[FeedbackSummary]:
        """A member's feedback, for staff.

        Raises:
            NotFoundError: there is no such member.
        """
        self._require_member(member_id)
        return self.of_member(member_id, limit, cursor)

    def in_status(self, status: FeedbackStatus, limit: int, cursor: str | None, agent: str | None = None) -> Page[Feedback]:
        """The work list of a status, of one agent where one is named."""
        return self.store.in_status(status, limit, cursor, agent)

    def service_of(self, member_id: str) -> MemberService:
        """How a member is served now: by tier, with the agent who is the member's own."""
        return service_of(member_id, self.tier_of(member_id))

    def service_of_known_member(self, member_id: str) -> MemberService:
        """The same, for staff.

        Raises:
            NotFoundError: there is no such member.
        """
        self._require_member(member_id)
        return self.service_of(member_id)

    def _require_member(self, member_id: str) -> None:
        if self.directory.find(member_id) is None:
            raise NotFoundError

    def _once(self, key: str | None, once: Once, work: Callable[[], Receipt]) -> Receipt:
        guard = self.store.guard(key) if key else None
        if guard is None:
            try:
                return self.patience.attempt(work)
            except GuardExistsError as error:
                guard = error.guard
        return _read_receipt(guard.answer_for(once.input_hash))

    def _add(self, command: GiveFeedback, once: Once, key: str | None) -> Receipt:
        if command.member_id is not None and self.directory.find(command.member_id) is None:
            raise MemberNotFoundError
        served = self.service_of(command.member_id) if command.member_id else None
        received = _received(command, served, self.new_id("fbk"), self.clock(), once.actor)
        for salt in range(_REFERENCES_TRIED):
            feedback = replace(received, reference=reference_number(received.feedback_id, salt))
            receipt = _receipt(feedback, feedback.received_at)
            event = _event(FeedbackReceived, feedback, feedback.received_at, channel=feedback.channel, kind=feedback.kind)
            change = Change("received", feedback.received_at, once.actor, event, _facts_of_receipt(feedback))
            try:
                self.store.add(feedback, change, _guard(key, once, receipt))
            except ReferenceTakenError:
                continue
            return receipt
        raise ReferenceTakenError

    def _change(self, feedback_id: str, command: FeedbackCommand, once: Once, key: str | None, if_match: int | None) -> Receipt:
        before = self.find(feedback_id)
        if if_match is not None and if_match != before.version:
            raise PreconditionFailedError
        after, change = _step(before, command, self.clock(), once.actor)
        receipt = _receipt(after, change.at)
        self.store.save(after, change, _guard(key, once, receipt))
        return receipt


def _received(command: GiveFeedback, served: MemberService | None, feedback_id: str, now: datetime, actor: str) -> Feedback:
    """What came in, under its first reference number; an unsigned note waits its turn and is nobody's in particular."""
    return Feedback(
        feedback_id=feedback_id,
        reference=reference_number(feedback_id, 0),
        member_id=command.member_id,
        channel=command.channel,
        kind=command.kind,
        text=command.text,
        order_reference=command.order_reference,
        received_at=now,
        recorded_by=actor,
        tier=served.tier.code if served else None,
        priority=served.tier.service.priority if served else 0,
        agent=served.agent.user if served and served.agent else None,
    )


def _facts_of_receipt(feedback: Feedback) -> dict[str, str]:
    """What the record of its receipt keeps for good, as the agent may change."""
    facts = {"tier": feedback.tier, "priority": str(feedback.priority), "agent": feedback.agent}
    return {name: fact for name, fact in facts.items() if fact is not None}


def _step(before: Feedback, command: FeedbackCommand, now: datetime, actor: str) -> tuple[Feedback, Change]:
    """The feedback after a command, and the record of the change."""
    if isinstance(command, ClassifyFeedback):
        after = before.classified(command.category, command.severity)
        facts = {"category": command.category.value, "severity": command.severity.value}
        return after, Change("classified", now, actor, _event(FeedbackClassified, after, now, **facts), facts)
    if isinstance(command, AnswerFeedback):
        after = before.answered(Answer(command.text, now, actor))
        return after, Change("answered", now, actor, _event(FeedbackAnswered, after, now, answer_number=len(after.answers)))
    if isinstance(command, AssignFeedback):
        after = before.assigned(command.agent)
        event = _event(FeedbackAssigned, after, now, is_assigned=after.agent is not None)
        return after, Change("assigned", now, actor, event, {"agent": command.agent} if command.agent else {})
    after = before.closed(now)
    return after, Change("closed", now, actor, _event(FeedbackResolved, after, now))


def _event[E: FeedbackEvent](event_type: type[E], feedback: Feedback, at: datetime, /, **facts: Any) -> E:
    return event_type(
        event_id=f"{feedback.feedback_id}.{feedback.version}",
        occurred_at=at,
        member_id=feedback.member_id,
        feedback_id=feedback.feedback_id,
        reference=feedback.reference,
        feedback_version=feedback.version,
        **facts,
    )


def _key(operation: str, once: Once, *facts: str) -> str | None:
    return guard_key(operation, once.actor, *facts, once.key) if once.key else None


def _guard(key: str | None, once: Once, receipt: Receipt) -> Guard | None:
    answer = [receipt.feedback_id, receipt.reference, receipt.status.value, receipt.version, instant_text(receipt.at)]
    return Guard(key, once.input_hash, json.dumps(answer)) if key else None


def _receipt(feedback: Feedback, at: datetime) -> Receipt:
    return Receipt(feedback.feedback_id, feedback.reference, feedback.status, feedback.version, at)


def _read_receipt(answer: str) -> Receipt:
    feedback_id, reference, status, version, at = json.loads(answer)
    return Receipt(feedback_id, reference, FeedbackStatus(status), version, parse_instant(at), is_replay=True)
