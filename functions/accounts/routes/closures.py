"""The end of a member's account: announced, called off, or at once."""

from functions.accounts.routes.members import known
from functions.accounts.translate.closures import closure_cancellation_response, closure_response
from functions.accounts.translate.parts import content_of, replayed
from functions.accounts.wire.closures import ClosureCancellationResponse, ClosureRequest, ClosureResponse
from regulars.accounts.commands import CancelClosure, CloseAccount
from regulars.accounts.errors import (
    AccountClosedError,
    AccountClosingError,
    AccountNotClosingError,
    ClosureDayError,
    MemberNotActiveError,
)
from regulars.accounts.operations import Fact
from regulars.accounts.service import Buyer
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.idempotency import input_hash
from regulars.kernel.ids import derived_id
from regulars.kernel.policy import Action
from regulars.wiring import wiring

routes = Routes()


@routes.post(
    "/v1/members/{member_id}/closure",
    Action.CLOSE_ACCOUNT,
    summary="End a member's account",
    status=201,
    errors=(AccountClosedError, AccountClosingError, ClosureDayError, MemberNotActiveError),
    idempotency="required",
)
def close_account(call: Call, member_id: str, body: ClosureRequest) -> Reply[ClosureResponse]:
    """Points can be used through a last day, while purchases earn none; then the account ends by itself, or `at_once` (PTS-22).

    At its end holds end, what is left is forfeited or compensated as the programme's `closure.remaining` says, and nothing is recorded
    any more. The member is told when it is announced and when it has come.
    """
    actor = call.principal.actor
    closure_id = derived_id("clo", "closure", actor, known(member_id), call.require_idempotency_key())
    command = CloseAccount(closure_id, body.reason, actor, body.closes_on, body.at_once)
    recorded = wiring().operations.record(Fact(closure_id, input_hash(content_of(body))), Buyer(member_id), command)
    return Reply(closure_response(recorded.answer), headers=replayed(recorded))


@routes.post(
    "/v1/members/{member_id}/closure/cancellation",
    Action.CLOSE_ACCOUNT,
    summary="Call off the end of a member's account",
    status=201,
    errors=(AccountClosedError, AccountNotClosingError, MemberNotActiveError),
    idempotency="required",
)
def cancel_closure(call: Call, member_id: str) -> Reply[ClosureCancellationResponse]:
    """The account goes on with its points and its tier, and purchases earn again; what was bought meanwhile has earned nothing."""
    actor = call.principal.actor
    cancellation_id = derived_id("clx", "closure_cancellation", actor, known(member_id), call.require_idempotency_key())
    command = CancelClosure(cancellation_id, actor)
    recorded = wiring().operations.record(Fact(cancellation_id, input_hash({})), Buyer(member_id), command)
    return Reply(closure_cancellation_response(recorded.answer), headers=replayed(recorded))
