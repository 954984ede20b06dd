"""The end of an account between the accounts' language and the wire's."""

from datetime import date

from functions.accounts.translate.parts import movement_fields
from functions.accounts.wire.closures import ClosureCancellationResponse, ClosureResponse
from regulars.accounts.answers import MovementAnswer
from regulars.accounts.entries import EntryKind


def closure_response(answer: MovementAnswer) -> ClosureResponse:
    """The end that is coming, or has come."""
    closes_on = answer.detail.get("closes_on")
    return ClosureResponse(
        **movement_fields(answer),
        closure_id=str(answer.detail["closure_id"]),
        status="closed" if answer.kind == EntryKind.CLOSURE else "closing",
        closes_on=date.fromisoformat(str(closes_on)) if closes_on else None,
        compensation=int(answer.detail.get("compensation", 0)),
    )


def closure_cancellation_response(answer: MovementAnswer) -> ClosureCancellationResponse:
    """The account goes on."""
    return ClosureCancellationResponse(**movement_fields(answer), cancellation_id=str(answer.detail["cancellation_id"]))
