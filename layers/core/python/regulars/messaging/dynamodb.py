"""The messaging table.

| item | pk | sk | further attributes |
|---|---|---|---|
| claim: the right to send one message, once | `CLAIM#<message id>` | `CLAIM` | outcome, held_by, lease_until, steps |
| message: the communication record | `TO#<recipient id>` | `MESSAGE#<instant>#<message id>` | what `Message` holds, without personal data |
| newest version told of a topic | `TO#<recipient id>` | `NEWEST#<topic>` | version |
| message again, stage `local` only | `OUTBOX` | `MESSAGE#<instant>#<message id>` | as the message |

A message's text is not kept: it follows from template, version, language and params. Codes are kept nowhere; a message that
carries one names whose and the how-manieth (`code`).
"""

import re
from collections.abc import Iterable
from datetime import datetime

from regulars.aws.table import ABSENT, ConditionFailedError, Item, Put, Table, Update
from regulars.kernel.clock import instant_text, parse_instant
from regulars.kernel.errors import InvalidCursorError
from regulars.kernel.paging import Page, decode_cursor, encode_cursor
from regulars.kernel.retry import LostRaceError
from regulars.members.model import MessageChannel
from regulars.messaging.model import CodeRef, Message, MessageStatus, MessageTemplate, Newest, StatusStep
from regulars.messaging.ports import Claim, ClaimedError

_TO = "TO#"
_MESSAGE = "MESSAGE#"
_OUTBOX = "OUTBOX"
_HELD = "held"
_FREE = "free"
_POSITION = re.compile(r"MESSAGE#[-0-9:.TZ]{20,32}#msg_[0-9A-Z]{1,26}")
_IS_OURS = "held_by = :owner"


class DynamoMessageStore:
    """Claims and the communication record on DynamoDB; `keeps_outbox` in stage `local` alone."""

    def __init__(self, table: Table, *, keeps_outbox: bool = False) -> None:
        self._table = table
        self._keeps_outbox = keeps_outbox

    def claim(self, message_id: str, owner: str, now: datetime, lease_until: datetime) -> Claim | MessageStatus:
        """Takes the right to send where nobody has it, or whose lease is over.

        Raises:
            ClaimedError: another worker holds the right and its lease is not over.
        """
        claim = Claim(message_id, owner)
        try:
            self._table.write(Put(_claim_item(claim, _HELD, lease_until), condition=ABSENT))
        except ConditionFailedError as error:
            return self._claim_again(error.failed[0] or {}, claim, now, lease_until)
        except LostRaceError as error:
            raise ClaimedError from error
        return claim

    def release(self, claim: Claim, step: StatusStep) -> None:
        """Gives the right back with one more step; whoever took it over meanwhile keeps it."""
        tried = Claim(claim.message_id, claim.owner, (*claim.steps, step))
        try:
            self._table.write(Put(_claim_item(tried, _FREE, step.at), condition=_IS_OURS, values={":owner": claim.owner}))
        except ConditionFailedError:
            return

    def settle(self, claim: Claim, message: Message) -> None:
        """Claim and record in one transaction; repeating it, and losing the claim to somebody who settled too, change nothing."""
        item = _message_item(message)
        settled = Claim(claim.message_id, claim.owner, message.history)
        writes = [
            Put(_claim_item(settled, message.status, message.at), condition=_IS_OURS, values={":owner": claim.owner}),
            Put({"pk": f"{_TO}{message.recipient_id}", **item}),
        ]
        if self._keeps_outbox:
            writes.append(Put({"pk": _OUTBOX, **item}))
        try:
            self._table.transact(writes)
        except ConditionFailedError:
            return

    def is_newest(self, recipient_id: str, newest: Newest) -> bool:
        """Notes the version of a topic; `False` when a newer one was noted before."""
        try:
            self._table.write(
                Update(
                    f"{_TO}{recipient_id}",
                    f"NEWEST#{newest.topic}",
                    "SET told_version = :version",
                    {":version": newest.version, ":next": newest.version + 1},
                    "attribute_not_exists(told_version) OR told_version < :next",
                )
            )
        except ConditionFailedError:
            return False
        return True

    def page(self, recipient_id: str, limit: int, cursor: str | None) -> Page[Message]:
        """What was sent to somebody, newest first."""
        return self._page(f"{_TO}{recipient_id}", limit, cursor)

    def newest(self, limit: int, cursor: str | None) -> Page[Message]:
        """What was sent in the whole installation, newest first (stage `local`)."""
        return self._page(_OUTBOX, limit, cursor)

    def _page(self, pk: str, limit: int, cursor: str | None) -> Page[Message]:
        start = {"pk": pk, "sk": _position(cursor)} if cursor else None
        items, following = self._table.query(
            "pk = :pk AND begins_with(sk, :sk)", {":pk": pk, ":sk": _MESSAGE}, limit=limit, forward=False, start=start
        )
        return Page(tuple(_message(item) for item in items), encode_cursor({"at": following["sk"]}) if following else None)

    def _claim_again(self, item: Item, claim: Claim, now: datetime, lease_until: datetime) -> Claim | MessageStatus:
        if item.get("held_by") == claim.owner:  # our own write, made twice because its answer was lost
            return claim
        if item["outcome"] not in {_HELD, _FREE}:
            return MessageStatus(item["outcome"])
        if item["outcome"] == _HELD and item["lease_until"] > instant_text(now):
            raise ClaimedError
        taken = Claim(claim.message_id, claim.owner, _steps(item["steps"]))
        condition = "held_by = :before AND outcome = :outcome"
        before = {":before": item["held_by"], ":outcome": item["outcome"]}
        try:
            self._table.write(Put(_claim_item(taken, _HELD, lease_until), condition=condition, values=before))
        except (ConditionFailedError, LostRaceError) as error:
            raise ClaimedError from error
        return taken


def _position(cursor: str) -> str:
    """The sort key of a cursor; one of another form would be an error of the table, not of the caller."""
    position = decode_cursor(cursor).get("at", "")
    if not _POSITION.fullmatch(position):
        raise InvalidCursorError
    return position


def _claim_item(claim: Claim, outcome: str, lease_until: datetime) -> Item:
    return {
        "pk": f"CLAIM#{claim.message_id}",
        "sk": "CLAIM",
        "outcome": outcome,
        "held_by": claim.owner,
        "lease_until": instant_text(lease_until),
        "steps": _step_items(claim.steps),
    }


def _message_item(message: Message) -> Item:
    return {
        "sk": f"{_MESSAGE}{instant_text(message.at)}#{message.message_id}",
        "message_id": message.message_id,
        "recipient_id": message.recipient_id,
        "template": message.template,
        "template_version": message.template_version,
        "channel": message.channel,
        "language": message.language,
        "params": dict(message.params),
        "outcome": message.status,
        "at": instant_text(message.at),
        "event_id": message.event_id,
        "steps": _step_items(message.history),
        "code": {"subject_id": message.code.subject_id, "attempt": message.code.attempt} if message.code else None,
    }


def _message(item: Item) -> Message:
    return Message(
        message_id=item["message_id"],
        recipient_id=item["recipient_id"],
        template=MessageTemplate(item["template"]),
        template_version=item["template_version"],
        channel=MessageChannel(item["channel"]),
        language=item["language"],
        params=item["params"],
        status=MessageStatus(item["outcome"]),
        at=parse_instant(item["at"]),
        event_id=item["event_id"],
        history=_steps(item["steps"]),
        code=CodeRef(**item["code"]) if "code" in item else None,
    )


def _step_items(steps: Iterable[StatusStep]) -> list[Item]:
    return [{"status": step.status, "at": instant_text(step.at), "code": step.code} for step in steps]


def _steps(items: Iterable[Item]) -> tuple[StatusStep, ...]:
    return tuple(StatusStep(item["status"], parse_instant(item["at"]), item["code"]) for item in items)
