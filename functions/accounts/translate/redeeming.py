"""Holds and redemptions between the accounts' language and the wire's."""

from functions.accounts.translate.parts import movement_fields
from functions.accounts.wire.redeeming import HoldResponse, RedemptionResponse
from regulars.accounts.operations import Used, UseStatus
from regulars.accounts.records import instant
from regulars.program.model import ProgrammeHistory


def hold_response(used: Used, programmes: ProgrammeHistory) -> HoldResponse:
    """A hold: as it was placed or, once it was committed or cancelled, as it was ended."""
    placed, now = used.answer, used.ending or used.answer
    is_committed = used.status is UseStatus.COMMITTED
    return HoldResponse.model_validate(
        {
            **movement_fields(now),
            "hold_id": placed.detail["hold_id"],
            "status": used.status.value,
            "source": placed.detail["source"],
            "reference": placed.detail["reference"],
            "points_held": -placed.points,
            "points_used": -now.points if is_committed else 0,
            "value": now.detail["value"] if is_committed else placed.detail["value"],
            "currency": programmes.number(placed.program_version).programme.currency,
            "expires_at": instant(int(placed.detail["expires_at"])),
        }
    )


def redemption_response(used: Used, programmes: ProgrammeHistory) -> RedemptionResponse:
    """A redemption: as it was recorded or, once it was cancelled, as it was taken back."""
    made = used.answer
    return RedemptionResponse.model_validate(
        {
            **movement_fields(used.ending or made),
            "redemption_id": made.detail["redemption_id"],
            "status": used.status.value,
            "source": made.detail["source"],
            "reference": made.detail["reference"],
            "purpose": made.detail["purpose"],
            "points_used": -made.points,
            "value": made.detail["value"],
            "currency": programmes.number(made.program_version).programme.currency,
        }
    )
