"""Members on the wire."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from regulars.kernel.language import Language, Text
from regulars.kernel.wire import Instant, PageQuery, PlainText, RequestDate, RequestModel, ResponseModel
from regulars.members.commands import ChangeConsents, ChangeProfile, Gender
from regulars.members.form import interests_text
from regulars.members.model import Channel, MarketingChannel, MemberStatus
from regulars.members.wire import Address, ContactText, DocumentVersion, Interests, MoneyModel, OneLine, StepResponse, TierReasonResponse
from regulars.program.parts import Code

_ONE_KEY = Text("Give exactly one of member_id, card_number, phone, email.", "请且仅请提供 member_id、card_number、phone、email 之一。")


class ProfileResponse(ResponseModel):
    """A member's own profile."""

    member_id: str
    status: MemberStatus
    name: str | None
    phone: str | None
    email: str | None
    gender: str | None
    birth_date: str | None
    address: str | None
    interests: list[str]
    language: Language
    channel: Channel
    member_since: Instant
    activated_at: Instant | None


class ProfileRequest(RequestModel):
    """The fields to change; what is missing stays, `null` empties. A contact or a name is changed by a change request."""

    gender: Gender | None = None
    birth_date: RequestDate | None = Field(None, description="Can be given once; a change needs a check.")
    address: Address | None = None
    interests: Interests | None = None
    language: Language | None = None
    name: OneLine | None = Field(None, description="Refused: changed by staff after a check.")
    phone: ContactText | None = Field(None, description="Refused: changed by a change request.")
    email: ContactText | None = Field(None, description="Refused: changed by a change request.")

    def to_command(self) -> ChangeProfile:
        """The change as the service takes it."""
        texts: dict[str, str | None] = {
            "gender": self.gender,
            "birth_date": self.birth_date.isoformat() if self.birth_date else None,
            "address": self.address,
            "interests": interests_text(self.interests or ()),
        }
        return ChangeProfile({name: text for name, text in texts.items() if name in self.model_fields_set}, self.language)


class DocumentResponse(ResponseModel):
    """A document: what was accepted, what is in force."""

    document: Literal["terms", "privacy"]
    accepted_version: str
    accepted_at: Instant
    is_due: bool
    version_in_force: str


class ConsentRecordResponse(ResponseModel):
    """One change: which documents were accepted, which channels granted or withdrawn, when and by whom."""

    at: Instant
    actor: str
    what: dict[str, str]


class ConsentsResponse(ResponseModel):
    """What the member agreed to, now and before (the newest first)."""

    documents: list[DocumentResponse]
    marketing: dict[MarketingChannel, bool]
    history: list[ConsentRecordResponse]
    next_cursor: str | None


class ConsentsRequest(RequestModel):
    """What the member accepts, grants or withdraws; what is missing stays."""

    terms_version: DocumentVersion | None = None
    privacy_version: DocumentVersion | None = None
    marketing: dict[MarketingChannel, bool] = Field(default_factory=dict)

    def to_command(self) -> ChangeConsents:
        """The change as the service takes it."""
        return ChangeConsents(self.terms_version, self.privacy_version, dict(self.marketing))


class CardTokenResponse(ResponseModel):
    """A token that a till scans, and its time."""

    token: str
    valid_from: Instant
    expires_at: Instant


class CardResponse(ResponseModel):
    """The card: its number, its QR code as SVG with the token of this moment, that token to show now and those that follow it."""

    card_number: str
    status: MemberStatus
    qr_svg: str
    token: CardTokenResponse
    next_tokens: list[CardTokenResponse]


class SearchRequest(RequestModel):
    """Whom to look for, by exactly one key; contacts travel in the body only."""

    member_id: Annotated[PlainText, Field(max_length=64)] | None = None
    card_number: Annotated[PlainText, Field(max_length=32)] | None = None
    phone: ContactText | None = None
    email: ContactText | None = None

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if len(self.given) != 1:
            raise PydanticCustomError("one_key", "one_key", {"text": _ONE_KEY})
        return self

    @property
    def given(self) -> dict[str, str]:
        return {name: value for name, value in self if value is not None}


class MemberResponse(ResponseModel):
    """A member as staff and machines see one: contacts masked, and to machines no personal field at all."""

    member_id: str
    status: MemberStatus
    card_number: str
    channel: Channel
    language: Language
    member_since: Instant
    activated_at: Instant | None
    entered_by: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None


class MembersResponse(ResponseModel):
    """Those who were found: none or one."""

    items: list[MemberResponse]


class ApplicationItem(ResponseModel):
    """An application that waits; no personal field."""

    registration_id: str
    channel: Channel
    submitted_at: Instant
    verified_at: Instant
    tier_applied_for: str | None
    tier_by_rules: str | None = Field(description="The tier by the rules, if the applicant's claims are true.")
    tier_reasons: list[TierReasonResponse] = Field(description="Why that is another tier than was applied for.")
    entered_by: str | None


class ApplicationsResponse(ResponseModel):
    """The review queue, the oldest first."""

    items: list[ApplicationItem]
    next_cursor: str | None


class ClaimsResponse(ResponseModel):
    """What the applicant says for admission; gone once the application has come to its end (REG-07)."""

    prior_spend: int | None = Field(description="Minor units of the programme's currency.")
    company_user: str | None
    entered_by_staff: bool = Field(description="Whether staff entered them; then they counted at once.")


class ApplicationResponse(ResponseModel):
    """The whole form, for the reviewer (REG-10, REG-16)."""

    registration_id: str
    state: str
    steps: list[StepResponse]
    channel: Channel
    entered_by: str | None
    tier_applied_for: str | None
    tier_by_rules: str | None = Field(description="The tier by the rules: while it waits, if the claims are true; then the one granted.")
    tier_reasons: list[TierReasonResponse] = Field(description="Why that is another tier than was applied for.")
    claims: ClaimsResponse
    terms_version: str
    privacy_version: str
    accepted_at: Instant
    marketing: list[MarketingChannel]
    fields: dict[str, str]


class ApplicationsQuery(PageQuery):
    """The page of the queue."""


class ApprovalRequest(RequestModel):
    """What staff confirm, where it is not what the applicant claims, and the tier to grant, where it is not the one by the rules."""

    tier: Code | None = Field(None, description="Its conditions must hold.")
    prior_spend: MoneyModel | None = Field(None, description="The earlier spend that was confirmed.")
    company_user: bool | None = Field(None, description="Whether the applicant is a registered user of the company.")


class RejectionRequest(RequestModel):
    """Why: the applicant reads it."""

    reason: Annotated[PlainText, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
