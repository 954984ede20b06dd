"""The members' table.

| item | pk | sk | what else |
|---|---|---|---|
| registration | `REG#<id>` | `REGISTRATION` | `version` is the condition of every change; in index `queue` while it waits; `ttl` |
| member | `MEMBER#<id>` | `MEMBER` | `version` as well; personal fields in `sealed` under `data_key` |
| record of a change | that of its object | `LOG#<version, 6 digits>` | written once; carries the events |
| consent given, withdrawn | `MEMBER#<id>` | `CONSENT#<version, 6 digits>` | written once |
| guard of a contact | `CONTACT#<kind>#<index version>:<blind index>` | `CONTACT` | must not exist: one contact, one member |
| card | `CARD#<number>` | `CARD` | must not exist; holder, status: one read for a till |
| password reset | `RESET#<id>` | `RESET` | `ttl` |
| counter of a limit | `LIMIT#<name>#<hash>#<window>` | `COUNT` | `hits`, `ttl` |
| tries at a code | `TRIES#<id>/<attempt>` | `COUNT` | `hits`, `ttl` |

Index `queue` (`queue`, `queued_at`): registrations that wait for staff, the oldest first.
"""

from collections.abc import Sequence
from datetime import datetime

from regulars.aws.table import ABSENT, ConditionFailedError, Delete, Item, Put, Table, Update, Write
from regulars.kernel.errors import InvalidCursorError
from regulars.kernel.paging import Page, decode_cursor, encode_cursor
from regulars.kernel.retry import LostRaceError
from regulars.members import items
from regulars.members.events import MemberEvent
from regulars.members.model import ContactMark, Member, PasswordReset, Registration
from regulars.members.ports import CardHolder, ContactTakenError, Record

_VERSION_BEFORE = "version = :before"


class DynamoRegistrationStore:
    """The store of registrations on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, registration_id: str) -> Registration | None:
        item = self._table.get(*items.registration_key(registration_id))
        return items.registration_of(item) if item else None

    def add(self, registration: Registration, record: Record) -> None:
        _transact(self._table, [Put(items.registration_item(registration), ABSENT), _registration_record(registration, record)])

    def save(self, registration: Registration, record: Record) -> None:
        _transact(self._table, [_over_registration(registration), _registration_record(registration, record)])

    def open(self, registration: Registration, member: Member, record: Record, member_records: tuple[Record, ...]) -> None:
        guard = Put(items.contact_item(member), ABSENT)
        writes: list[Write] = [
            _over_registration(registration),
            guard,
            _registration_record(registration, record),
            Put(items.member_item(member), ABSENT),
            Put(items.card_item(member), ABSENT),
            *(_member_record(member, each) for each in member_records),
        ]
        try:
            self._table.transact(writes)
        except ConditionFailedError as error:
            if set(error.failed) == {writes.index(guard)}:
                raise ContactTakenError from error
            raise LostRaceError from error

    def complete(self, registration: Registration, member: Member, record: Record, member_record: Record) -> None:
        writes: list[Write] = [
            _over_registration(registration),
            _registration_record(registration, record),
            _over_member(member),
            _member_record(member, member_record),
            Put(items.card_item(member), "member_id = :member", {":member": member.member_id}),
        ]
        _transact(self._table, writes)

    def waiting(self, limit: int, cursor: str | None) -> Page[Registration]:
        start = _queue_start(cursor) if cursor else None
        found, following = self._table.query(
            "queue = :queue", {":queue": items.QUEUE}, limit=limit, index="queue", start=start
        )  # fmt: skip
        next_cursor = encode_cursor({"pk": following["pk"], "queued_at": following["queued_at"]}) if following else None
        return Page(tuple(items.registration_of(item) for item in found), next_cursor)


class DynamoMemberStore:
    """The store of members on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, member_id: str) -> Member | None:
        item = self._table.get(*items.member_key(member_id))
        return items.member_of(item) if item else None

    def card(self, card_number: str) -> CardHolder | None:
        item = self._table.get(*items.card_key(card_number))
        return items.card_holder_of(item) if item else None

    def owner_of(self, contact: ContactMark) -> str | None:
        item = self._table.get(*items.contact_key(contact))
        return str(item["member_id"]) if item else None

    def save(self, member: Member, record: Record) -> None:
        _transact(self._table, [_over_member(member), _member_record(member, record)])

    def consent_records(self, member_id: str, limit: int, cursor: str | None) -> Page[Record]:
        pk = items.member_key(member_id)[0]
        start = {"pk": pk, "sk": _record_position(cursor)} if cursor else None
        values = {":pk": pk, ":sk": "CONSENT#"}
        found, following = self._table.query("pk = :pk AND begins_with(sk, :sk)", values, limit=limit, forward=False, start=start)
        next_cursor = encode_cursor({"sk": following["sk"]}) if following else None
        return Page(tuple(items.record_of(item) for item in found), next_cursor)


class DynamoResetStore:
    """The store of requests for a new password on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, reset_id: str) -> PasswordReset | None:
        item = self._table.get(*items.reset_key(reset_id))
        return items.reset_of(item) if item else None

    def add(self, reset: PasswordReset, events: tuple[MemberEvent, ...]) -> None:
        self._table.write(Put(items.reset_item(reset, events), ABSENT))

    def use(self, reset: PasswordReset, events: tuple[MemberEvent, ...]) -> None:
        try:
            self._table.write(Put(items.reset_item(reset, events), "attribute_exists(pk) AND attribute_not_exists(used_at)"))
        except ConditionFailedError as error:
            raise LostRaceError from error


class DynamoCounters:
    """Counters that one conditional write each keeps below their maximum; they expire by themselves."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def take(self, key: str, maximum: int, forget_at: datetime) -> bool:
        if maximum < 1:
            return False
        try:
            self._table.write(
                Update(
                    key, "COUNT", "SET #ttl = :ttl ADD hits :one",
                    {":ttl": int(forget_at.timestamp()), ":one": 1, ":maximum": maximum},
                    "attribute_not_exists(hits) OR hits < :maximum",
                    {"#ttl": "ttl"},
                )
            )  # fmt: skip
        except ConditionFailedError:
            return False
        return True

    def forget(self, key: str) -> None:
        self._table.write(Delete(key, "COUNT"))


def _transact(table: Table, writes: Sequence[Write]) -> None:
    try:
        table.transact(writes)
    except ConditionFailedError as error:
        raise LostRaceError from error


def _over_registration(registration: Registration) -> Put:
    return _over(items.registration_item(registration), registration.version)


def _over_member(member: Member) -> Put:
    return _over(items.member_item(member), member.version)


def _over(item: Item, version: int) -> Put:
    """Replaces the version before."""
    return Put(item, _VERSION_BEFORE, {":before": version - 1})


def _registration_record(registration: Registration, record: Record) -> Put:
    return Put(items.record_item(items.registration_key(registration.registration_id), registration.version, record), ABSENT)


def _member_record(member: Member, record: Record) -> Put:
    return Put(items.record_item(items.member_key(member.member_id), member.version, record), ABSENT)


def _queue_start(cursor: str) -> dict[str, str]:
    position = decode_cursor(cursor)
    if position.keys() != {"pk", "queued_at"} or not all(position.values()):
        raise InvalidCursorError
    return {"pk": position["pk"], "sk": "REGISTRATION", "queue": items.QUEUE, "queued_at": position["queued_at"]}


def _record_position(cursor: str) -> str:
    position = decode_cursor(cursor)
    if position.keys() != {"sk"} or not position["sk"].startswith("CONSENT#"):
        raise InvalidCursorError
    return position["sk"]
