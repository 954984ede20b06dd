"""`/v1/me`: one's own profile, consents and card."""

import segno

from functions.members.wire import (
    CardResponse,
    CardTokenResponse,
    ConsentRecordResponse,
    ConsentsRequest,
    ConsentsResponse,
    DocumentResponse,
    ProfileRequest,
    ProfileResponse,
)
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.errors import NotFoundError, PreconditionFailedError
from regulars.kernel.paging import PAGE_SIZE_DEFAULT
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery
from regulars.members.card import CardToken
from regulars.members.errors import ContactChangeRefusedError, DocumentNotCurrentError, FieldNeededError, ReviewNeededError
from regulars.members.model import MarketingChannel, Member
from regulars.members.profile import Profile
from regulars.wiring import wiring

routes = Routes()


@routes.get("/v1/me", Action.READ_OWN_PROFILE, summary="My profile", conditional=True, errors=(NotFoundError,))
def get_me(call: Call) -> Reply[ProfileResponse]:
    """One's own profile as it stands at this moment (REG-20, PRO-19)."""
    return _reply(wiring().profiles.profile(_member_id(call)))


@routes.patch(
    "/v1/me",
    Action.CHANGE_OWN_PROFILE,
    summary="Change my profile",
    conditional=True,
    errors=(NotFoundError, ContactChangeRefusedError, ReviewNeededError, FieldNeededError),
)
def change_me(call: Call, body: ProfileRequest) -> Reply[ProfileResponse]:
    """Changes free fields at once; a contact needs a new verification and a name a check, so both are refused here."""
    _require_free(body)
    version = _version(call.require_if_match())
    return _reply(wiring().profiles.change(_member_id(call), body.to_command(), version, call.principal.actor))


@routes.get("/v1/me/consents", Action.READ_OWN_PROFILE, summary="What I agreed to", errors=(NotFoundError,))
def get_consents(call: Call, query: PageQuery) -> ConsentsResponse:
    """Documents, marketing by channel, and the history of every change (PRV-05, law P3)."""
    return _consents(wiring().profiles.member(_member_id(call)), query.limit, query.cursor)


@routes.post(
    "/v1/me/consents", Action.CHANGE_OWN_PROFILE, summary="Accept, grant or withdraw", errors=(NotFoundError, DocumentNotCurrentError)
)
def change_consents(call: Call, body: ConsentsRequest) -> ConsentsResponse:
    """Accepts new documents and sets marketing consent by channel; each change is recorded for ever."""
    return _changed(call, body)


@routes.put(
    "/v1/me/consents", Action.CHANGE_OWN_PROFILE, summary="Accept, grant or withdraw", errors=(NotFoundError, DocumentNotCurrentError)
)
def put_consents(call: Call, body: ConsentsRequest) -> ConsentsResponse:
    """The same as POST: what is so already is not recorded again."""
    return _changed(call, body)


@routes.get("/v1/me/card", Action.READ_OWN_CARD, summary="My card", errors=(NotFoundError,))
def get_card(call: Call) -> CardResponse:
    """The card with its QR code and rotating tokens; a token is taken for two minutes from its start (CARD-06)."""
    member = wiring().profiles.member(_member_id(call))
    current, *following = [_token(token) for token in wiring().profiles.card_tokens(member)]
    return CardResponse(
        card_number=member.card_number,
        status=member.status,
        qr_svg=segno.make(current.token, error="m", micro=False).svg_inline(scale=4),
        token=current,
        next_tokens=following,
    )


def _member_id(call: Call) -> str:
    return call.principal.member_id or ""


def _version(etag: str) -> int | None:
    if etag == "*":
        return None
    text = etag.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise PreconditionFailedError
    return int(text)


def _require_free(body: ProfileRequest) -> None:
    for name in ("phone", "email"):
        if name in body.model_fields_set:
            raise ContactChangeRefusedError(field=name)
    if "name" in body.model_fields_set:
        raise ReviewNeededError(field="name")


def _reply(profile: Profile) -> Reply[ProfileResponse]:
    member, fields = profile.member, profile.fields
    names = ("name", "phone", "email", "gender", "birth_date", "address")
    body = ProfileResponse(
        member_id=member.member_id,
        status=member.status,
        **{name: fields.get(name) for name in names},
        interests=list(profile.interests),
        language=member.language,
        channel=member.channel,
        member_since=member.opened_at,
        activated_at=member.activated_at,
    )
    return Reply(body, headers={"ETag": f'"{member.version}"'})


def _changed(call: Call, body: ConsentsRequest) -> ConsentsResponse:
    member = wiring().profiles.change_consents(_member_id(call), body.to_command(), call.principal.actor)
    return _consents(member, PAGE_SIZE_DEFAULT, None)


def _consents(member: Member, limit: int, cursor: str | None) -> ConsentsResponse:
    due = dict(wiring().profiles.documents_due(member))
    page = wiring().profiles.consent_records(member.member_id, limit, cursor)
    accepted = {"terms": member.accepted.terms_version, "privacy": member.accepted.privacy_version}
    return ConsentsResponse(
        documents=[
            DocumentResponse(
                document=name, accepted_version=version, accepted_at=member.accepted.accepted_at,
                is_due=name in due, version_in_force=due.get(name, version),
            )
            for name, version in accepted.items()
        ],
        marketing={channel: channel in member.marketing for channel in MarketingChannel},
        history=[ConsentRecordResponse(at=record.at, actor=record.actor, what=dict(record.facts)) for record in page.items],
        next_cursor=page.next_cursor,
    )  # fmt: skip


def _token(token: CardToken) -> CardTokenResponse:
    return CardTokenResponse(token=token.token, valid_from=token.valid_from, expires_at=token.expires_at)
