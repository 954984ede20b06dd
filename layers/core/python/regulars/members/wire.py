"""The form on the wire, as applicants and staff send it, and what both are answered."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from regulars.kernel.language import Language, Text
from regulars.kernel.money import CURRENCY_PATTERN
from regulars.kernel.wire import Instant, PlainText, RequestDate, RequestModel, ResponseModel
from regulars.members.commands import Gender, Money, SubmitApplication
from regulars.members.masking import masked_contact
from regulars.members.model import Channel, ContactKind, MarketingChannel, MessageChannel, Registration, RegistrationState
from regulars.members.passwords import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN
from regulars.program.model import Programme

_TRANSLATED = frozenset({"marketing", "interests", "prior_spend"})
_ONE_LINE = Text("One line of text is expected.", "应为单行文本。")


def _one_line(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise PydanticCustomError("one_line", "one_line", {"text": _ONE_LINE})
    return text


_VISIBLE = AfterValidator(_one_line)
OneLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), _VISIBLE]
"""A line of visible text of at most 100 characters, without the spaces around it."""

ContactText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254), _VISIBLE]
Address = Annotated[PlainText, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Interest = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), _VISIBLE]
Interests = Annotated[list[Interest], Field(max_length=20)]
type DocumentVersion = Annotated[str, Field(min_length=1, max_length=32)]
type Password = Annotated[
    str, Field(min_length=PASSWORD_LENGTH_MIN, max_length=PASSWORD_LENGTH_MAX, json_schema_extra={"format": "password"})
]
type CodeText = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="The six digits that were sent.")]


class MoneyModel(RequestModel):
    """An amount in minor units of a currency."""

    amount: int = Field(ge=0, le=10**12)
    currency: str = Field(pattern=CURRENCY_PATTERN)

    def to_money(self) -> Money:
        """The amount as commands have it."""
        return Money(self.amount, self.currency)


class ApplicationRequest(RequestModel):
    """The form: which of its personal fields are needed says `join_form` of the programme (REG-11)."""

    channel: Channel = Field(strict=False, description="Where the form is filled in.")
    name: OneLine | None = None
    phone: ContactText | None = Field(None, description="E.164, or a Chinese number without its country.", examples=["+8613800138000"])
    email: ContactText | None = None
    verify_by: ContactKind | None = Field(None, strict=False, description="Which contact gets the code; the phone, where one is given.")
    gender: Gender | None = None
    birth_date: RequestDate | None = None
    address: Address | None = None
    interests: Interests = Field(default_factory=list)
    language: Language = "zh-CN"
    terms_version: DocumentVersion = Field(description="The version of the terms that the applicant accepts.")
    privacy_version: DocumentVersion = Field(description="The version of the privacy policy that the applicant accepts.")
    information_is_true: bool = Field(description="The applicant declares that the form is true (REG-21).")
    marketing: dict[MarketingChannel, bool] = Field(default_factory=dict, description="Consent to marketing, channel by channel.")
    tier_applied_for: str | None = Field(None, max_length=32, description="The tier wished for; the lowest, where none is.")
    prior_spend: MoneyModel | None = Field(
        None, description="What the applicant says was spent before, where a tier's `admission` asks for it (REG-07)."
    )
    company_user: OneLine | None = Field(
        None, description="Who the applicant is among the company's registered users, where a tier's `admission` asks for it."
    )

    def to_command(self) -> SubmitApplication:
        """The form as the service takes it."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name not in _TRANSLATED}
        granted = frozenset(channel for channel, is_granted in self.marketing.items() if is_granted)
        spend = self.prior_spend.to_money() if self.prior_spend else None
        return SubmitApplication(**given, interests=tuple(self.interests), marketing=granted, prior_spend=spend)


class TierReasonResponse(ResponseModel):
    """A condition that does not hold, or another reason for the tier, with its figures and the sentence in the caller's language."""

    code: str
    params: dict[str, str | int]
    text: str


class StepResponse(ResponseModel):
    """A state that was reached, and when."""

    state: RegistrationState
    at: Instant


class RegistrationResponse(ResponseModel):
    """How far a registration is (REG-24). The contact is masked; it is empty once the registration has come to its end."""

    registration_id: str
    state: RegistrationState
    steps: list[StepResponse]
    channel: Channel
    code_sent_by: MessageChannel
    code_expires_at: Instant
    contact: str | None
    missing_fields: list[str] = Field(description="What the review found missing.")
    rejection_reason: str | None = None
    tier_applied_for: str | None
    tier_granted: str | None = Field(description="The tier of the new member, once the review is over.")
    tier_reasons: list[TierReasonResponse] = Field(
        description="Why that is another tier than was applied for; of a rejected form, the conditions on joining that do not hold."
    )
    next: Literal["verification", "review", "correction", "password", "session"] | None = Field(description="What comes next.")


_NEXT: dict[RegistrationState, Literal["verification", "review", "correction", "password", "session"]] = {
    RegistrationState.SUBMITTED: "verification",
    RegistrationState.VERIFIED: "review",
    RegistrationState.REJECTED: "correction",
    RegistrationState.OPENED: "password",
    RegistrationState.COMPLETE: "session",
    RegistrationState.ALREADY_MEMBER: "session",
}


def tier_reasons(registration: Registration, programme: Programme, language: Language) -> list[TierReasonResponse]:
    """What the rules say against the tier that was applied for."""
    reasons = registration.assessment.reasons if registration.assessment else ()
    return [
        TierReasonResponse(code=reason.code, params=reason.figures(programme), text=reason.sentence(programme, language))
        for reason in reasons
    ]


def registration_response(
    registration: Registration, contact: str | None, reason: str | None = None, *, tier_reasons: list[TierReasonResponse]
) -> RegistrationResponse:
    """The answer about a registration; `contact` comes in clear and goes out masked. Nothing is told of a review that is not over."""
    return RegistrationResponse(
        registration_id=registration.registration_id,
        state=registration.state,
        steps=[StepResponse(state=step.state, at=step.at) for step in registration.steps],
        channel=registration.channel,
        code_sent_by=registration.contact.kind.message_channel,
        code_expires_at=registration.code.expires_at,
        contact=masked_contact(contact) if contact else None,
        missing_fields=list(registration.findings),
        rejection_reason=reason,
        tier_applied_for=registration.tier_applied_for,
        tier_granted=registration.tier_granted,
        tier_reasons=tier_reasons if registration.tier_granted or registration.state is RegistrationState.REJECTED else [],
        next=_NEXT.get(registration.state),
    )
