"""For which reasons a request could be refused: what the model says, and what lies before it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from tests.simulation.facts import Correct, Decide, EndHold, Fact, Give, Judge, Refund, SetTier, Undo
from tests.simulation.model import LATE, Model
from tests.simulation.model_memory import RefusedError
from tests.simulation.sending import LEFT, STRANGERS

WAITING_MAX = 20
"""The most refunds that wait for one purchase."""

NONE: frozenset[str] = frozenset()
NOT_FOUND = frozenset({"not_found"})


class Reasons:
    """Codes that hold for a fact at a moment; none for what is recorded, as nothing is left to refuse then."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._rules: tuple[Callable[[Fact], frozenset[str] | None], ...] = (
            self._of_recorded, self._of_nobody, self._of_requested, self._of_waiting, self._of_unknown, self._of_self,
        )  # fmt: skip

    def now(self, fact: Fact, now: datetime) -> frozenset[str]:
        """The codes."""
        if isinstance(fact, Decide):
            return self._of_decision(fact, now)
        if self._of_future(fact, now):
            return frozenset({"occurred_in_future"})
        for rule in self._rules:
            found = rule(fact)
            if found is not None:
                return found
        return self._of_model(fact, now)

    def _of_model(self, fact: Fact, now: datetime) -> frozenset[str]:
        try:
            self.model.would(fact, now)
        except RefusedError as error:
            return error.reasons
        return NONE

    def _of_recorded(self, fact: Fact) -> frozenset[str] | None:
        return NONE if fact.reference in self.model.recorded else None

    def _of_nobody(self, fact: Fact) -> frozenset[str] | None:
        unfit = "member_not_active" if fact.member == LEFT else "member_not_found"
        return frozenset({unfit, "transfer_to_self", "not_found"}) if fact.member in STRANGERS else None

    def _of_requested(self, fact: Fact) -> frozenset[str] | None:
        return NONE if isinstance(fact, Correct | SetTier) and fact.reference in self.model.requests else None

    def _of_waiting(self, fact: Fact) -> frozenset[str] | None:
        if not isinstance(fact, Refund) or fact.purchase in self.model.purchases:
            return None
        waiting = self.model.waiting.get(fact.purchase, ())
        return frozenset({"refunds_waiting"}) if len(waiting) >= WAITING_MAX and fact.reference not in waiting else NONE

    def _of_future(self, fact: Fact, now: datetime) -> bool:
        is_waiting = isinstance(fact, Refund) and fact.reference in self.model.waiting.get(fact.purchase, ())
        return isinstance(fact, Refund) and fact.occurred_at > now + LATE and fact.reference not in self.model.recorded and not is_waiting

    def _of_unknown(self, fact: Fact) -> frozenset[str] | None:
        is_unknown = (isinstance(fact, EndHold) and fact.hold not in self.model.held) or (
            isinstance(fact, Undo) and fact.redemption not in self.model.redemptions
        )
        return NOT_FOUND if is_unknown else None

    def _of_self(self, fact: Fact) -> frozenset[str] | None:
        return frozenset({"transfer_to_self"}) if isinstance(fact, Give) and fact.to == fact.member else None

    def _of_decision(self, fact: Decide, now: datetime) -> frozenset[str]:
        request = self.model.requests.get(fact.request)
        if request is None:
            return NOT_FOUND
        found = frozenset(self._against(fact))
        if found or not (fact.is_approved or isinstance(request.fact, Judge)):
            return found
        request.status = "deciding"
        try:
            return self._of_model(request.fact, now)
        finally:
            request.status = "pending"

    def _against(self, fact: Decide) -> Iterator[str]:
        request = self.model.requests[fact.request]
        if request.status != "pending":
            yield "already_decided"
        if request.fact.by == fact.by:
            yield "own_request"
