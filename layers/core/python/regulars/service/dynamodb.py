"""The service table.

| item | pk | sk | index `queue` (by `queue`) | index `agent` (by `agent_queue`) |
|---|---|---|---|---|
| feedback | `FEEDBACK#<id>` | `FEEDBACK` | `FEEDBACK#<status>`, `queued_at` | `AGENT#<status>#<agent>`, `queued_at` |
| record of a change, with the event it lets out | `FEEDBACK#<id>` | `CHANGE#<version, 6 digits>` | | |
| line of a member's list | `MEMBER#<member id>` | `FEEDBACK#<received at>#<id>` | | |
| reference number | `REFERENCE#<number>` | `REFERENCE` | | |
| guard | `GUARD#<key>` | `GUARD` | | |

`queued_at` is `<received at>#<id>`; of open feedback with a priority above 0 it is `0<9 - priority>#<received at>#<id>`. An instant
begins with 1 or 2, its year's first digit, so a lane stands before what waits its turn, and the highest before the others. Priority 0 has
no prefix: feedback stored before there were lanes stands among it, where it always did. Closed feedback has none either, as its list is
read from the newest.

Every change is one transaction of the feedback, its record, the line and the guard.
"""

import re
from collections.abc import Sequence

from regulars.aws.outbox import outgoing
from regulars.aws.table import ABSENT, ConditionFailedError, Item, Put, Table
from regulars.kernel.clock import instant_text, parse_instant
from regulars.kernel.errors import InvalidCursorError
from regulars.kernel.idempotency import Guard
from regulars.kernel.paging import Page, decode_cursor, encode_cursor
from regulars.kernel.retry import LostRaceError
from regulars.service.model import (
    Answer,
    Feedback,
    FeedbackCategory,
    FeedbackChannel,
    FeedbackKind,
    FeedbackSeverity,
    FeedbackStatus,
    FeedbackSummary,
)
from regulars.service.ports import Change, GuardExistsError, ReferenceTakenError

_FEEDBACK = "FEEDBACK"
_PRIORITY_MAX = 9
_POSITION = re.compile(r"(0[0-8]#)?[-0-9:.TZ]{20,32}#fbk_[0-9A-Z]{1,26}")


class DynamoFeedbackStore:
    """The store of feedback on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def guard(self, key: str) -> Guard | None:
        """What is remembered of a command."""
        item = self._table.get(f"GUARD#{key}", "GUARD")
        return _read_guard(item) if item else None

    def find(self, feedback_id: str) -> Feedback | None:
        """The feedback of an id, read consistently."""
        item = self._table.get(f"{_FEEDBACK}#{feedback_id}", _FEEDBACK)
        return _read(item) if item else None

    def add(self, feedback: Feedback, change: Change, guard: Guard | None) -> None:
        """Writes new feedback.

        Raises:
            GuardExistsError: the command was carried out before.
            ReferenceTakenError: the reference number belongs to other feedback.
        """
        reference = {"pk": f"REFERENCE#{feedback.reference}", "sk": "REFERENCE", "feedback_id": feedback.feedback_id}
        writes = [Put(_item(feedback), condition=ABSENT), _change_put(feedback, change), _line_put(feedback), Put(reference, ABSENT)]
        failed = self._transact(writes, guard)
        if failed:
            raise ReferenceTakenError

    def save(self, feedback: Feedback, change: Change, guard: Guard | None) -> None:
        """Replaces the feedback of the version before.

        Raises:
            GuardExistsError: the command was carried out before.
            LostRaceError: it has another version by now.
        """
        replaced = Put(_item(feedback), condition="version = :before", values={":before": feedback.version - 1})
        if self._transact([replaced, _change_put(feedback, change), _line_put(feedback)], guard):
            raise LostRaceError

    def of_member(self, member_id: str, limit: int, cursor: str | None) -> Page[FeedbackSummary]:
        """A member's feedback, newest first."""
        pk = f"MEMBER#{member_id}"
        start = {"pk": pk, "sk": _position(cursor, pk, f"{_FEEDBACK}#")} if cursor else None
        items, following = self._table.query(
            "pk = :pk AND begins_with(sk, :sk)", {":pk": pk, ":sk": f"{_FEEDBACK}#"}, limit=limit, forward=False, start=start
        )
        return Page(tuple(_read_line(item) for item in items), _cursor(pk, following["sk"]) if following else None)

    def in_status(self, status: FeedbackStatus, limit: int, cursor: str | None, agent: str | None = None) -> Page[Feedback]:
        """The work list of a status, of one agent where one is named: the highest priority first, then the oldest; closed: the newest."""
        index, name, queue = ("agent", "agent_queue", _agent_queue(status, agent)) if agent else ("queue", "queue", _queue(status))
        start = None
        if cursor:
            queued_at = _position(cursor, queue)
            pk = f"{_FEEDBACK}#{queued_at.rpartition('#')[2]}"
            start = {"pk": pk, "sk": _FEEDBACK, name: queue, "queued_at": queued_at}
        items, following = self._table.query(
            f"{name} = :queue", {":queue": queue}, limit=limit, index=index, forward=status is not FeedbackStatus.CLOSED, start=start
        )
        return Page(tuple(_read(item) for item in items), _cursor(queue, following["queued_at"]) if following else None)

    def _transact(self, writes: Sequence[Put | None], guard: Guard | None) -> bool:
        """Whether another condition than the guard's failed; a failed guard is told first."""
        puts = [write for write in writes if write]
        if guard:
            puts.insert(0, _guard_put(guard))
        try:
            self._table.transact(puts)
        except ConditionFailedError as error:
            stored = error.failed.get(0) if guard else None
            if stored:
                raise GuardExistsError(_read_guard(stored)) from error
            return True
        return False


def _cursor(of: str, at: str) -> str:
    """Where the next page of a list starts; it names its list, as places of one are no places of another."""
    return encode_cursor({"of": of, "at": at})


def _position(cursor: str, of: str, prefix: str = "") -> str:
    """The sort key of a list's cursor; one of another form would be an error of the table, not of the caller."""
    position = decode_cursor(cursor)
    at = position.get("at", "")
    if position.get("of") != of or not at.startswith(prefix) or not _POSITION.fullmatch(at.removeprefix(prefix)):
        raise InvalidCursorError
    return at


def _queue(status: FeedbackStatus) -> str:
    return f"{_FEEDBACK}#{status}"


def _agent_queue(status: FeedbackStatus, agent: str) -> str:
    return f"AGENT#{status}#{agent}"


def _queued_at(feedback: Feedback) -> str:
    """Its place in the work lists."""
    has_lane = feedback.priority > 0 and feedback.status is not FeedbackStatus.CLOSED
    return f"0{_PRIORITY_MAX - feedback.priority}#{_sort_key(feedback)}" if has_lane else _sort_key(feedback)


def _sort_key(feedback: Feedback | FeedbackSummary) -> str:
    return f"{instant_text(feedback.received_at)}#{feedback.feedback_id}"


def _item(feedback: Feedback) -> Item:
    return {
        "pk": f"{_FEEDBACK}#{feedback.feedback_id}",
        "sk": _FEEDBACK,
        "queue": _queue(feedback.status),
        "queued_at": _queued_at(feedback),
        "agent_queue": _agent_queue(feedback.status, feedback.agent) if feedback.agent else None,
        "feedback_id": feedback.feedback_id,
        "reference": feedback.reference,
        "member_id": feedback.member_id,
        "channel": feedback.channel,
        "kind": feedback.kind,
        "text": feedback.text,
        "order_reference": feedback.order_reference,
        "received_at": instant_text(feedback.received_at),
        "recorded_by": feedback.recorded_by,
        "status": feedback.status,
        "category": feedback.category,
        "severity": feedback.severity,
        "answers": [{"text": answer.text, "at": instant_text(answer.at), "actor": answer.actor} for answer in feedback.answers],
        "closed_at": instant_text(feedback.closed_at) if feedback.closed_at else None,
        "version": feedback.version,
        "tier": feedback.tier,
        "priority": feedback.priority,
        "agent": feedback.agent,
    }


def _read(item: Item) -> Feedback:
    return Feedback(
        feedback_id=item["feedback_id"],
        reference=item["reference"],
        member_id=item.get("member_id"),
        channel=FeedbackChannel(item["channel"]),
        kind=FeedbackKind(item["kind"]),
        text=item["text"],
        order_reference=item.get("order_reference"),
        received_at=parse_instant(item["received_at"]),
        recorded_by=item["recorded_by"],
        status=FeedbackStatus(item["status"]),
        category=FeedbackCategory(item["category"]) if "category" in item else None,
        severity=FeedbackSeverity(item["severity"]) if "severity" in item else None,
        answers=tuple(Answer(answer["text"], parse_instant(answer["at"]), answer["actor"]) for answer in item["answers"]),
        closed_at=parse_instant(item["closed_at"]) if "closed_at" in item else None,
        version=item["version"],
        tier=item.get("tier"),
        priority=item.get("priority", 0),
        agent=item.get("agent"),
    )


def _change_put(feedback: Feedback, change: Change) -> Put:
    return Put(
        {
            "pk": f"{_FEEDBACK}#{feedback.feedback_id}",
            "sk": f"CHANGE#{feedback.version:06d}",
            "what": change.what,
            "at": instant_text(change.at),
            "actor": change.actor,
            "facts": change.facts,
            "events": outgoing(change.event),
        },
        condition=ABSENT,
    )


def _line_put(feedback: Feedback) -> Put | None:
    """The line of the member's list; an unsigned note has none."""
    if feedback.member_id is None:
        return None
    return Put(
        {
            "pk": f"MEMBER#{feedback.member_id}",
            "sk": f"{_FEEDBACK}#{_sort_key(feedback)}",
            "feedback_id": feedback.feedback_id,
            "reference": feedback.reference,
            "channel": feedback.channel,
            "kind": feedback.kind,
            "status": feedback.status,
            "received_at": instant_text(feedback.received_at),
        }
    )


def _read_line(item: Item) -> FeedbackSummary:
    return FeedbackSummary(
        feedback_id=item["feedback_id"],
        reference=item["reference"],
        channel=FeedbackChannel(item["channel"]),
        kind=FeedbackKind(item["kind"]),
        status=FeedbackStatus(item["status"]),
        received_at=parse_instant(item["received_at"]),
    )


def _guard_put(guard: Guard) -> Put:
    item = {"pk": f"GUARD#{guard.key}", "sk": "GUARD", "input_hash": guard.input_hash, "answer": guard.answer}
    return Put(item, condition=ABSENT)


def _read_guard(item: Item) -> Guard:
    return Guard(item["pk"].removeprefix("GUARD#"), item["input_hash"], item["answer"])
