"""`/v1/members`: staff register people, find members and read them masked; machines read the status."""

from functions.members.wire import MemberResponse, MembersResponse, SearchRequest
from regulars.aws.http import Routes
from regulars.aws.request import Call
from regulars.kernel.policy import Action
from regulars.kernel.principal import Principal, Role
from regulars.members.commands import Caller
from regulars.members.masking import masked_email, masked_name, masked_phone
from regulars.members.model import Member
from regulars.members.profile import Profile
from regulars.members.wire import ApplicationRequest, RegistrationResponse, registration_response
from regulars.wiring import wiring

routes = Routes()

_SEE_NAMES = frozenset({Role.AGENT, Role.MANAGER, Role.ADMIN, Role.PRIVACY_OFFICER})


@routes.post("/v1/members", Action.REGISTER_ON_BEHALF, summary="Register somebody on behalf", status=202)
def register_on_behalf(call: Call, body: ApplicationRequest) -> RegistrationResponse:
    """The same form and the same checks, entered by staff; the person tells the code that was sent (REG-02, PRO-04)."""
    actor = call.principal.actor
    registration = wiring().registrations.submit(body.to_command(), Caller(actor, call.source_address, entered_by=actor))
    return registration_response(registration, wiring().registrations.contact_of(registration), tier_reasons=[])


@routes.get("/v1/members/{member_id}", Action.READ_MEMBER, summary="A member")
def get_member(member_id: str, call: Call) -> MemberResponse:
    """A member, masked by role; a machine is told no personal field."""
    if not call.principal.roles:
        return _response(wiring().profiles.member(member_id))
    return _masked(wiring().profiles.profile(member_id), call.principal)


@routes.post("/v1/members/searches", Action.SEARCH_MEMBERS, summary="Find a member")
def search_members(call: Call, body: SearchRequest) -> MembersResponse:
    """Finds by id, card, phone or e-mail address (PRO-03); the key is in the body, never in an address."""
    found = wiring().profiles.search(**body.given)
    return MembersResponse(items=[_masked(profile, call.principal) for profile in found])


def _response(member: Member, **personal: str | None) -> MemberResponse:
    return MemberResponse(
        member_id=member.member_id,
        status=member.status,
        card_number=member.card_number,
        channel=member.channel,
        language=member.language,
        member_since=member.opened_at,
        activated_at=member.activated_at,
        entered_by=member.entered_by,
        **personal,
    )


def _masked(profile: Profile, reader: Principal) -> MemberResponse:
    name, phone, email = (profile.fields.get(field) for field in ("name", "phone", "email"))
    shown = name if _SEE_NAMES & reader.roles else masked_name(name) if name else None
    return _response(
        profile.member,
        name=shown,
        phone=masked_phone(phone) if phone else None,
        email=masked_email(email) if email else None,
    )
