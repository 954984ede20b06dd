"""What several translations share: who is meant, what makes two requests the same, the account after a movement."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from functions.accounts.wire.parts import BuyerRequest, MovementResponse
from regulars.accounts.answers import MovementAnswer
from regulars.accounts.records import instant
from regulars.accounts.service import Buyer, Recorded
from regulars.kernel.clock import instant_text


def buyer_of(body: BuyerRequest) -> Buyer:
    """Who is meant."""
    return Buyer(body.member_id, body.card_number, body.card_token)


def content_of(body: BaseModel) -> dict[str, Any]:
    """What makes two requests the same: everything but a rotating token, of which the card's number counts."""
    content = body.model_dump(mode="json", exclude={"card_token"})
    token = getattr(body, "card_token", None)
    if token:
        content["card_number"] = token.split(".")[1] if token.count(".") >= 2 else token
    return content


def replayed(recorded: Recorded[Any]) -> dict[str, str]:
    """The header that says that an answer had been given before."""
    return {"Idempotent-Replayed": "true"} if recorded.is_replay else {}


def movement_fields(answer: MovementAnswer) -> dict[str, Any]:
    """The fields of a movement."""
    return {
        "entry_id": answer.entry_id,
        "member_id": answer.member_id,
        "points": answer.points,
        "balance": answer.balance,
        "pending": answer.pending,
        "held": answer.held,
        "debt": answer.debt,
        "tier": answer.tier,
        "tier_before": answer.tier_before,
        "tier_changed": answer.tier != answer.tier_before,
        "program_version": answer.program_version,
    }


def movement_response(answer: MovementAnswer) -> MovementResponse:
    """A movement."""
    return MovementResponse(**movement_fields(answer))


def shown_detail(detail: Mapping[str, str | int], *, hidden: frozenset[str] = frozenset()) -> dict[str, str | int]:
    """The facts of an entry's kind; an instant among them as RFC 3339."""
    shown = {name: value for name, value in detail.items() if name not in hidden}
    ends = shown.get("expires_at")
    return {**shown, "expires_at": instant_text(instant(ends))} if isinstance(ends, int) else shown
