"""Builders of registrations and members with meaningful defaults."""

from copy import replace
from datetime import UTC, datetime, timedelta

from regulars.members.model import (
    Accepted,
    Channel,
    Code,
    ContactKind,
    ContactMark,
    MarketingChannel,
    Member,
    MemberStatus,
    Registration,
    RegistrationState,
    Sealed,
    Step,
)

NOW = datetime(2025, 6, 1, 4, 0, tzinfo=UTC)
PHONE = ContactMark(ContactKind.PHONE, "1:aa")
CARD = "9012345678901239"


def registration(number: int = 1, **parts: object) -> Registration:
    """A registration that was submitted."""
    made = Registration(
        registration_id=f"reg_{number}",
        member_id=f"mem_{number}",
        steps=(Step(RegistrationState.SUBMITTED, NOW, "public"),),
        channel=Channel.APP,
        language="zh-CN",
        contact=PHONE,
        sealed=Sealed(b"key", {"name": b"\x00sealed"}),
        accepted=Accepted("1", "1", NOW),
        marketing=frozenset({MarketingChannel.SMS}),
        tier_applied_for=None,
        code=Code(1, NOW + timedelta(minutes=10)),
        program_version=1,
    )
    return replace(made, **parts)  # type: ignore[arg-type]  # parts by name


def opened(of: Registration) -> tuple[Registration, Member]:
    """The registration after its review, and its member."""
    states = (RegistrationState.VERIFIED, RegistrationState.REVIEWED, RegistrationState.OPENED)
    steps = (*of.steps, *(Step(state, NOW, "system") for state in states))
    member = Member(
        member_id=of.member_id,
        registration_id=of.registration_id,
        status=MemberStatus.ACTIVE_PENDING_PASSWORD,
        channel=of.channel,
        language=of.language,
        card_number=CARD,
        tier_at_start="ordinary",
        opened_at=NOW,
        contact=of.contact,
        sealed=Sealed(b"key", {"name": b"\x00sealed"}),
        accepted=of.accepted,
        marketing=of.marketing,
    )
    return replace(of, steps=steps, sealed=None, version=of.version + 1), member
