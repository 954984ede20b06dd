"""`/v1/program/versions`: how staff change the rules, with a second person's approval (TIER-03)."""

from functions.program.wire import (
    DecisionRequest,
    PublicationRequest,
    VersionList,
    VersionRequest,
    VersionResponse,
    summary_of,
    version_of,
)
from regulars.aws.http import Reply, Routes
from regulars.aws.request import Call
from regulars.kernel.errors import RegularsError
from regulars.kernel.policy import Action
from regulars.kernel.wire import PageQuery
from regulars.program import errors
from regulars.program.commands import ChangeDraft, DecideVersion, DraftVersion, PublishVersion, SubmitVersion, VersionCommand
from regulars.program.versions import Version, etag
from regulars.wiring import wiring

routes = Routes()

_STEP: tuple[type[RegularsError], ...] = (errors.VersionStateError, errors.VersionTooOftenChangedError)
_UNITS: tuple[type[RegularsError], ...] = (errors.CurrencyFixedError, errors.TimeZoneFixedError)
_START: tuple[type[RegularsError], ...] = (errors.EffectiveFromTooEarlyError, errors.EffectiveFromTooLateError)
_DECISION: tuple[type[RegularsError], ...] = (*_STEP, errors.SeparationOfDutiesError)


@routes.post(
    "/v1/program/versions",
    Action.DRAFT_PROGRAM,
    summary="Begin a version",
    status=201,
    errors=_UNITS,
    idempotency="required",
)
def draft_program_version(call: Call, body: VersionRequest) -> Reply[VersionResponse]:
    """A draft from a whole programme, or from a preset and the parts to replace in it; nothing is in force yet."""
    command = DraftVersion(body.content(), body.note, call.principal.actor, call.require_idempotency_key())
    version, replayed = wiring().program_versions.draft(command)
    return _reply(version, **({"Idempotent-Replayed": "true"} if replayed else {}))


@routes.get("/v1/program/versions", Action.READ_PROGRAM_VERSIONS, summary="Versions, the newest first")
def list_program_versions(query: PageQuery) -> VersionList:
    """Drafts, versions that wait for a decision, and published ones, without their content."""
    page = wiring().program_versions.page(query.limit, query.cursor).map(summary_of)
    return VersionList(items=page.items, next_cursor=page.next_cursor)


@routes.get("/v1/program/versions/{version_id}", Action.READ_PROGRAM_VERSIONS, summary="A version", conditional=True)
def get_program_version(version_id: str) -> Reply[VersionResponse]:
    """A version with its content and every step of its life: who, when, and what was said."""
    return _reply(wiring().program_versions.read(version_id))


@routes.put(
    "/v1/program/versions/{version_id}",
    Action.DRAFT_PROGRAM,
    summary="Change a draft",
    errors=(*_STEP, *_UNITS),
    conditional=True,
)
def change_program_version(version_id: str, call: Call, body: VersionRequest) -> Reply[VersionResponse]:
    """Replaces the content of a draft; a version that was submitted is not changed any more."""
    return _take(ChangeDraft(version_id, call.require_if_match(), body.content(), body.note, call.principal.actor))


@routes.post(
    "/v1/program/versions/{version_id}/submission",
    Action.DRAFT_PROGRAM,
    summary="Submit a draft",
    errors=_STEP,
    conditional=True,
)
def submit_program_version(version_id: str, call: Call) -> Reply[VersionResponse]:
    """Asks a manager to approve the draft; its content is fixed from here on."""
    return _take(SubmitVersion(version_id, call.require_if_match(), call.principal.actor))


@routes.post(
    "/v1/program/versions/{version_id}/approval",
    Action.APPROVE_PROGRAM,
    summary="Approve a version",
    errors=_DECISION,
    conditional=True,
)
def approve_program_version(version_id: str, call: Call, body: DecisionRequest) -> Reply[VersionResponse]:
    """Approves what was submitted; never by one of its authors."""
    return _decide(version_id, call, body, approved=True)


@routes.post(
    "/v1/program/versions/{version_id}/rejection",
    Action.APPROVE_PROGRAM,
    summary="Send a version back",
    errors=_DECISION,
    conditional=True,
)
def reject_program_version(version_id: str, call: Call, body: DecisionRequest) -> Reply[VersionResponse]:
    """Sends what was submitted back as a draft, with the reason; never by one of its authors."""
    return _decide(version_id, call, body, approved=False)


@routes.post(
    "/v1/program/versions/{version_id}/publication",
    Action.PUBLISH_PROGRAM,
    summary="Publish a version",
    errors=(*_STEP, *_START, *_UNITS),
    conditional=True,
)
def publish_program_version(version_id: str, call: Call, body: PublicationRequest) -> Reply[VersionResponse]:
    """Puts an approved version in force from an instant at least 5 minutes ahead; it never changes again."""
    return _take(PublishVersion(version_id, call.require_if_match(), body.effective_from, call.principal.actor))


def _decide(version_id: str, call: Call, body: DecisionRequest, *, approved: bool) -> Reply[VersionResponse]:
    return _take(DecideVersion(version_id, call.require_if_match(), approved, body.note, call.principal.actor))


def _take(command: VersionCommand) -> Reply[VersionResponse]:
    return _reply(wiring().program_versions.take(command))


def _reply(version: Version, **headers: str) -> Reply[VersionResponse]:
    return Reply(version_of(version), headers={"ETag": etag(version), **headers})
