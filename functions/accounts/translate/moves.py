"""Gifts, activities and partners' points between the accounts' language and the wire's."""

from functions.accounts.translate.parts import movement_fields
from functions.accounts.wire.moves import ActivityResponse, PartnerCreditResponse, TransferResponse
from regulars.accounts.answers import MovementAnswer


def transfer_response(answer: MovementAnswer) -> TransferResponse:
    """A gift, as its giver sees it."""
    return TransferResponse.model_validate({**movement_fields(answer), "transfer_id": answer.detail["transfer_id"]})


def activity_response(answer: MovementAnswer) -> ActivityResponse:
    """An activity that was credited."""
    facts = {name: answer.detail[name] for name in ("activity_id", "activity")}
    return ActivityResponse.model_validate({**movement_fields(answer), **facts})


def partner_credit_response(answer: MovementAnswer) -> PartnerCreditResponse:
    """Points exchanged."""
    facts = {name: answer.detail[name] for name in ("credit_id", "partner", "partner_points")}
    return PartnerCreditResponse.model_validate({**movement_fields(answer), **facts})
