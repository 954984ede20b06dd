"""The programme's table.

| item | pk | sk | what else |
|---|---|---|---|
| published version | `PROGRAM` | `PUBLISHED#<number, 6 digits>` | written once; carries its event |
| version and its life | `VERSIONS` | `<version id>` | `revision` is the condition of every change |
| guard | `GUARD#<key>` | `GUARD` | written once |
"""

from regulars.aws.observability import logger
from regulars.aws.outbox import outgoing
from regulars.aws.table import ABSENT, ConditionFailedError, Item, Put, Table
from regulars.kernel.clock import instant_text, parse_instant
from regulars.kernel.errors import ConflictError, UnavailableError
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import LostRaceError
from regulars.program.events import ProgramVersionPublished
from regulars.program.model import Programme, ProgrammeVersion
from regulars.program.versions import Version

_PAGE_SIZE = 50
_PUBLISHED, _VERSIONS = "PROGRAM", "VERSIONS"


class DynamoProgramStore:
    """The store of programme versions on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def published(self) -> tuple[ProgrammeVersion, ...]:
        """Every published version, in order of number."""
        found: list[ProgrammeVersion] = []
        start = None
        while True:
            values = {":pk": _PUBLISHED, ":sk": "PUBLISHED#"}
            items, start = self._table.query("pk = :pk AND begins_with(sk, :sk)", values, limit=_PAGE_SIZE, start=start)
            found += [_published(item) for item in items]
            if not start:
                return tuple(found)

    def version(self, version_id: str) -> Version | None:
        item = self._table.get(_VERSIONS, version_id)
        return _version(item) if item else None

    def page(self, limit: int, after: str | None) -> tuple[tuple[Version, ...], str | None]:
        start = {"pk": _VERSIONS, "sk": after} if after else None
        items, following = self._table.query("pk = :pk", {":pk": _VERSIONS}, limit=limit, forward=False, start=start)
        return tuple(_version(item) for item in items), following["sk"] if following else None

    def guard(self, key: str) -> Guard | None:
        item = self._table.get(f"GUARD#{key}", "GUARD")
        return Guard(key, item["input_hash"], item["answer"]) if item else None

    def create(self, version: Version, guard: Guard) -> None:
        remembered = {"pk": f"GUARD#{guard.key}", "sk": "GUARD", "input_hash": guard.input_hash, "answer": guard.answer}
        try:
            self._table.transact([Put(_version_item(version), ABSENT), Put(remembered, ABSENT)])
        except ConditionFailedError as error:
            raise LostRaceError from error

    def save(self, version: Version) -> None:
        try:
            self._table.write(_over_the_revision_before(version))
        except ConditionFailedError as error:
            raise LostRaceError from error

    def publish(self, version: Version, event: ProgramVersionPublished) -> None:
        item = {
            "pk": _PUBLISHED,
            "sk": f"PUBLISHED#{event.number:06d}",
            "number": event.number,
            "effective_from": instant_text(event.effective_from),
            "programme": version.programme.model_dump_json(),
            "version_id": version.version_id,
            "events": outgoing(event),
        }
        try:
            self._table.transact([_over_the_revision_before(version), Put(item, ABSENT)])
        except ConditionFailedError as error:
            if 0 in error.failed:
                raise LostRaceError from error
            raise ConflictError(retry_after_seconds=1) from error


def _published(item: Item) -> ProgrammeVersion:
    """The version of an item. Raises: UnavailableError, its rules are those of a newer version of the code, and are not guessed at."""
    try:
        programme = Programme.model_validate_json(item["programme"])
    except ValueError as error:
        logger().error("unreadable item", pk=item["pk"], sk=item["sk"], error=type(error).__name__)
        raise UnavailableError(retry_after_seconds=1) from error
    return ProgrammeVersion(number=item["number"], effective_from=parse_instant(item["effective_from"]), programme=programme)


def _version(item: Item) -> Version:
    return Version.model_validate_json(item["version"])


def _version_item(version: Version) -> Item:
    return {"pk": _VERSIONS, "sk": version.version_id, "revision": version.revision, "version": version.model_dump_json()}


def _over_the_revision_before(version: Version) -> Put:
    return Put(_version_item(version), "revision = :before", {":before": version.revision - 1})
