"""The programme on the wire."""

import json
from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from regulars.aws.validation import sentence_of
from regulars.kernel.language import Text
from regulars.kernel.wire import Finding, Instant, PlainText, RequestInstant, RequestModel, ResponseModel, refused_fields
from regulars.program.model import Benefit, Programme, Tier
from regulars.program.parts import Words
from regulars.program.policies import Window
from regulars.program.presets import PresetName, preset
from regulars.program.qualifying import Match
from regulars.program.versions import Version, VersionStatus


class Money(ResponseModel):
    """An amount in minor units of a currency."""

    amount: int
    currency: str


class AdmissionCriteria(ResponseModel):
    """What one must bring to join at a tier (REG-07, REG-08); all of it. Nothing asked for: whoever applies is admitted."""

    spend_from: Money | None
    company_user: bool


class TierCriteria(ResponseModel):
    """What qualifies for a tier, in figures, and what it gives (TIER-03).

    Figures of at least these, `match` saying all of them or any, in the `window`: the current month and `window_months` before it for
    `rolling_months`, else the present calendar quarter, calendar year or year of membership (`window_months` is null). A factor that is
    not asked for is null. Below `spend_below` no higher tier's spend is reached. `benefits` are all a member of the tier enjoys,
    those of the tiers below as well. With `priority_lane` questions and complaints come before those who wait their turn, with
    `own_agent` each member has one of the staff as their own. `admission` is null where everybody joins (the lowest tier) or nobody
    does directly (the others).
    """

    code: str
    name: Words
    spend_from: Money
    spend_below: Money | None
    orders_from: int | None
    points_from: int | None
    active_months_from: int | None
    loyalty_months_from: int | None
    match: Match
    window: Window
    window_months: int | None
    points_per_unit_thousandths: int
    benefits: tuple[Benefit, ...]
    priority_lane: bool
    own_agent: bool
    admission: AdmissionCriteria | None


class ProgramResponse(ResponseModel):
    """The programme in force: tiers, benefits, earning, expiry, join form with each field's purpose, documents.

    In `programme` the tiers' `service.agents` are empty: members learn their own agent, nobody else's; `own_agent` says who has one.
    """

    version: int
    effective_from: Instant
    criteria: tuple[TierCriteria, ...]
    programme: Programme


def criteria_of(programme: Programme) -> tuple[TierCriteria, ...]:
    """The criteria of every tier, the lowest first."""
    above = [tier.spend_from for tier in programme.tiers[1:]]
    return tuple(
        TierCriteria(
            code=tier.code,
            name=tier.name,
            spend_from=Money(amount=tier.spend_from, currency=programme.currency),
            spend_below=Money(amount=below, currency=programme.currency) if below is not None else None,
            orders_from=tier.orders_from,
            points_from=tier.points_from,
            active_months_from=tier.active_months_from,
            loyalty_months_from=tier.loyalty_months_from,
            match=programme.qualification.match,
            window=programme.qualification.window,
            window_months=programme.qualification.months if programme.qualification.window is Window.ROLLING_MONTHS else None,
            points_per_unit_thousandths=tier.points_per_unit_thousandths,
            benefits=programme.benefits_of(tier.code),
            priority_lane=tier.service.has_lane,
            own_agent=tier.service.has_agent,
            admission=_admission(tier, programme.currency),
        )
        for tier, below in zip(programme.tiers, [*above, None], strict=True)
    )


def for_everybody(programme: Programme) -> Programme:
    """The programme without the names of staff."""
    tiers = tuple(tier.model_copy(update={"service": tier.service.for_everybody}) for tier in programme.tiers)
    return programme.model_copy(update={"tiers": tiers})


def _admission(tier: Tier, currency: str) -> AdmissionCriteria | None:
    if tier.admission is None:
        return None
    spend = tier.admission.spend_from
    asked = Money(amount=spend, currency=currency) if spend is not None else None
    return AdmissionCriteria(spend_from=asked, company_user=tier.admission.company_user)


_ONE_OF = Text("Send either programme or preset.", "请提供 programme 或 preset 其中之一。")
_WITH_PRESET = Text("changes go with a preset.", "changes 须与 preset 一同提供。")


class VersionRequest(RequestModel):
    """The content of a version: a whole programme, or a preset and the parts that replace its own."""

    programme: Programme | None = None
    preset: PresetName | None = None
    changes: dict[str, Any] = Field(
        default_factory=dict, description="Parts of a programme by name; each replaces the preset's whole part."
    )
    note: PlainText = Field(min_length=1, max_length=500, description="Why the rules change.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.programme is None) == (self.preset is None):
            raise refused_fields([(("programme",), "one_of", _ONE_OF)])
        if self.changes and self.preset is None:
            raise refused_fields([(("changes",), "without_preset", _WITH_PRESET)])
        if self.changes:
            try:
                self.content()
            except ValidationError as error:
                raise refused_fields(_within_changes(error)) from None
        return self

    def content(self) -> Programme:
        """The whole programme that is asked for."""
        if self.programme is not None:
            return self.programme
        base = preset(self.preset or "four")
        return Programme.model_validate_json(json.dumps(base.model_dump(mode="json") | self.changes)) if self.changes else base


def _within_changes(error: ValidationError) -> Iterator[Finding]:
    for detail in error.errors(include_url=False, include_input=False):
        yield ("changes", *detail["loc"]), detail["type"], sentence_of(detail["type"], detail.get("ctx") or {})


class DecisionRequest(RequestModel):
    """What is said about a decision."""

    note: PlainText = Field("", max_length=500)


class PublicationRequest(RequestModel):
    """From when the version is in force."""

    effective_from: RequestInstant


class VersionStepResponse(ResponseModel):
    """One step of a version's life."""

    what: str
    by: str
    at: Instant
    note: str


class VersionSummary(ResponseModel):
    """A version without its content; `number` and `effective_from` from its publication on."""

    version_id: str
    revision: int
    status: VersionStatus
    number: int | None
    effective_from: Instant | None
    note: str
    authors: tuple[str, ...]
    steps: tuple[VersionStepResponse, ...]


class VersionResponse(VersionSummary):
    """A version with its content."""

    programme: Programme


class VersionList(ResponseModel):
    """A page of versions."""

    items: tuple[VersionSummary, ...]
    next_cursor: str | None


def summary_of(version: Version) -> VersionSummary:
    """A version for a list."""
    return VersionSummary(**_facts(version))


def version_of(version: Version) -> VersionResponse:
    """A version with its content."""
    return VersionResponse(**_facts(version), programme=version.programme)


def _facts(version: Version) -> dict[str, Any]:
    facts = version.model_dump(exclude={"programme", "last_command", "steps"})
    return {**facts, "steps": tuple(VersionStepResponse(**step.model_dump()) for step in version.steps)}
