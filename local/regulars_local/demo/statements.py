"""What the stack says of each member: statement, points, tier and messages, through the public interface."""

from dataclasses import dataclass
from typing import Any

from regulars_local.demo.calling import Caller


@dataclass(frozen=True, slots=True)
class Statement:
    """One member's account as staff and shops see it; entries and messages oldest first."""

    points: dict[str, Any]
    tier: dict[str, Any]
    entries: tuple[dict[str, Any], ...]
    messages: tuple[dict[str, Any], ...]


def read_statement(member_id: str, shop: Caller, agent: Caller) -> Statement:
    """A member's statement; messages are for staff only."""
    path = f"/v1/members/{member_id}"
    return Statement(
        points=shop.get(f"{path}/points"),
        tier=shop.get(f"{path}/tier"),
        entries=tuple(reversed(list(shop.pages(f"{path}/points/entries")))),
        messages=tuple(reversed(list(agent.pages(f"{path}/messages")))),
    )
