"""Segments: the groups of customers a member is counted among; staff set them, earning rules look at them."""

from dataclasses import dataclass
from datetime import datetime

SEGMENTS_MAX = 50
"""How many segments a member may be in."""


@dataclass(frozen=True, slots=True)
class Segments:
    """A member's segments as a whole: sorted codes, who set them and when; nobody has set them while `set_at` is `None`."""

    member_id: str
    codes: tuple[str, ...] = ()
    set_by: str = ""
    set_at: datetime | None = None
