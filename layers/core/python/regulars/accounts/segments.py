"""Segments: the groups of customers a member is counted among; staff set them, earning rules look at them."""

from datetime import datetime

from msgspec import Struct

SEGMENTS_MAX = 50
"""How many segments a member may be in."""


class Segments(Struct, frozen=True):
    """A member's segments as a whole: sorted codes, who set them and when; nobody has set them while `set_at` is `None`."""

    member_id: str
    codes: tuple[str, ...] = ()
    set_by: str = ""
    set_at: datetime | None = None
