"""Whom messages go to, in clear: for `messaging` alone. Only contacts that were proved, and those being proved, are in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from regulars.kernel.language import Language
from regulars.members.model import REASON_FIELD, ContactMark, MarketingChannel, Member, MessageChannel, Registration
from regulars.members.ports import MemberReader, RegistrationStore, Vault


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A person who is written to: `addresses` in order of preference, marketing by consent only.

    `member_id` is empty for an applicant; `rejection_reason` is what staff wrote to one.
    """

    member_id: str | None
    name: str | None = field(repr=False)
    language: Language
    addresses: tuple[tuple[MessageChannel, str], ...] = field(repr=False)
    marketing: frozenset[MarketingChannel]
    is_active: bool
    rejection_reason: str | None = field(default=None, repr=False)

    def address(self, channel: MessageChannel) -> str | None:
        """The address of a channel, where there is one."""
        return dict(self.addresses).get(channel)


class ContactBook:
    """Opens the few fields a message needs."""

    def __init__(self, members: MemberReader, registrations: RegistrationStore, vault: Vault) -> None:
        self._members = members
        self._registrations = registrations
        self._vault = vault

    def for_member(self, member_id: str) -> Correspondent | None:
        """A member's address, language, name and consents; `None` when there is no such member.

        Raises:
            UnavailableError: the key service does not answer.
        """
        member = self._members.find(member_id)
        return self._member(member) if member else None

    def for_registration(self, registration_id: str) -> Correspondent | None:
        """The applicant's; the member's once the registration was opened; `None` when it is over without a member.

        Raises:
            UnavailableError: the key service does not answer.
        """
        registration = self._registrations.find(registration_id)
        if registration is None:
            return None
        if registration.sealed is None:
            member = self._members.find(registration.member_id)
            return self._member(member) if member else None
        return self._applicant(registration, self._vault.open(registration.member_id, registration.sealed))

    def _member(self, member: Member) -> Correspondent:
        fields = self._vault.open(member.member_id, member.sealed)
        return Correspondent(
            member_id=member.member_id,
            name=fields.get("name"),
            language=member.language,
            addresses=_addresses(member.contact, fields),
            marketing=member.marketing,
            is_active=member.may_log_in,
        )

    @staticmethod
    def _applicant(registration: Registration, fields: Mapping[str, str]) -> Correspondent:
        return Correspondent(
            member_id=None,
            name=fields.get("name"),
            language=registration.language,
            addresses=_addresses(registration.contact, fields),
            marketing=frozenset(),
            is_active=False,
            rejection_reason=fields.get(REASON_FIELD),
        )


def _addresses(contact: ContactMark, fields: Mapping[str, str]) -> tuple[tuple[MessageChannel, str], ...]:
    address = fields.get(contact.kind.value)
    return ((contact.kind.message_channel, address),) if address else ()
