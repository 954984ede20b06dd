"""Which members there are, for the contexts that know them by opaque id: no personal data, no decryption, two kinds of read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from regulars.members.card import is_card_number, read_token
from regulars.members.errors import CardNotFoundError, CardTokenExpiredError
from regulars.members.model import MemberStatus
from regulars.members.ports import MemberReader
from regulars.members.signing import Signer


@dataclass(frozen=True, slots=True)
class MemberRef:
    """A member as other contexts know one."""

    member_id: str
    status: MemberStatus
    activated_at: datetime | None
    tier_at_start: str

    @property
    def is_active(self) -> bool:
        return self.status is MemberStatus.ACTIVE


class MemberDirectory:
    """Finds members by id and by card, one read each; `keys` is asked for only when a card token is read."""

    def __init__(self, members: MemberReader, keys: Callable[[], Signer]) -> None:
        self._members = members
        self._keys = keys

    def find(self, member_id: str) -> MemberRef | None:
        """The member of an id, in whatever status."""
        member = self._members.find(member_id)
        return MemberRef(member.member_id, member.status, member.activated_at, member.tier_at_start) if member else None

    def birth_month(self, member_id: str) -> int | None:
        """The month of a member's birth, kept apart from the encrypted date so that points need no key (fault 18)."""
        member = self._members.find(member_id)
        return member.birth_month if member else None

    def by_card_number(self, card_number: str) -> MemberRef:
        """The holder of a card.

        Raises:
            CardNotFoundError: there is no such card.
        """
        return self._holder(card_number, "card_number")

    def by_card_token(self, token: str, now: datetime) -> MemberRef:
        """The holder of a shown card token (CARD-06).

        Raises:
            CardNotFoundError: it is no token of ours.
            CardTokenExpiredError: its time is over, or has not come.
        """
        scanned = read_token(self._keys(), token)
        if scanned is None:
            raise CardNotFoundError(field="card_token")
        if not scanned.is_current(now):
            raise CardTokenExpiredError
        return self._holder(scanned.card_number, "card_token")

    def _holder(self, card_number: str, field: str) -> MemberRef:
        holder = self._members.card(card_number) if is_card_number(card_number) else None
        if holder is None:
            raise CardNotFoundError(field=field)
        return MemberRef(holder.member_id, holder.status, holder.activated_at, holder.tier_at_start)
