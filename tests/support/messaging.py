"""Messaging for tests: events, a store and recipients in memory, senders that fail as told, SES and SNS as recording clients."""

from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from regulars.kernel.clock import instant_text
from regulars.kernel.language import Language
from regulars.kernel.paging import Page, decode_cursor, encode_cursor
from regulars.members.model import MessageChannel
from regulars.messaging.model import Address, CodeRef, Content, Message, MessageStatus, Newest, Recipient, StatusStep
from regulars.messaging.ports import Claim, ClaimedError
from regulars.messaging.rendering import JinjaRenderer
from regulars.messaging.service import DeliveryService
from tests.support.accounts import history
from tests.support.clock import START, MovableClock
from tests.support.program import counting_ids

MEMBER = "mem_01JD0000000000000000000001"
REGISTRATION = "reg_01JD0000000000000000000001"
PHONE = "+8613800138000"
EMAIL = "lin@example.com"
CODE = "492817"


def detail(event_type: str, **parts: Any) -> dict[str, Any]:
    """The detail of an event with meaningful defaults; a part that is `...` is left out."""
    defaults = {"event_id": f"{event_type}.1", "occurred_at": instant_text(START), "schema_version": 1, **_DETAILS[event_type]}
    return {name: value for name, value in {**defaults, **parts}.items() if value is not ...}


_ENTRY: dict[str, Any] = {"member_id": MEMBER, "entry_id": "ent_01JD0000000000000000000001", "account_version": 1}
_FEEDBACK: dict[str, Any] = {
    "member_id": MEMBER,
    "feedback_id": "fbk_01JD0000000000000000000001",
    "reference": "F-7K3M-9Q2X",
    "feedback_version": 1,
}
_DETAILS: dict[str, dict[str, Any]] = {
    "VerificationRequested": {
        "registration_id": REGISTRATION,
        "attempt": 1,
        "channel": "sms",
        "language": "zh-CN",
        "expires_at": "2025-06-01T04:10:00.000Z",
    },
    "PasswordResetRequested": {
        "member_id": MEMBER,
        "reset_id": "rst_01JD0000000000000000000001",
        "attempt": 1,
        "channel": "sms",
        "language": "zh-CN",
        "expires_at": "2025-06-01T04:10:00.000Z",
    },
    "PasswordChanged": {"member_id": MEMBER, "reset_id": "rst_01JD0000000000000000000001"},
    "RegistrationForKnownContact": {"member_id": MEMBER, "registration_id": REGISTRATION},
    "ApplicationRejected": {"registration_id": REGISTRATION, "channel": "sms", "language": "zh-CN"},
    "MemberActivated": {"member_id": MEMBER, "registration_id": REGISTRATION, "tier": "ordinary", "channel": "website"},
    "ProfileChanged": {"member_id": MEMBER, "fields": ["name", "address"], "member_version": 3},
    "TierChanged": {**_ENTRY, "from_tier": "ordinary", "to_tier": "silver", "cause": "qualified", "program_version": 1},
    "TierReviewed": {
        **_ENTRY,
        "tier": "gold",
        "qualified": "ordinary",
        "outcome": "grace",
        "first_month": "2025-01",
        "last_month": "2025-03",
        "figures": {"spend": 200000, "orders": 3, "points": 2400, "active_months": 2, "loyalty_months": 14},
        "until": "2025-04-30",
        "program_version": 1,
    },
    "PointsTransferred": {**_ENTRY, "points": 50, "transfer_id": "trf_01JD0000000000000000000001", "balance": 1250},
    "PointsReversed": {
        **_ENTRY,
        "points": 50,
        "purchase_id": "pur_01JD0000000000000000000001",
        "is_debt": False,
        "balance": 1250,
    },
    "PointsEarned": {**_ENTRY, "points": 10, "rule": "base", "purchase_id": "pur_01JD0000000000000000000001", "balance": 10},
    "PointsExpiring": {**_ENTRY, "points": 1200, "expires_on": "2025-06-30"},
    "PointsExpired": {**_ENTRY, "points": 1200, "expires_on": "2025-06-30", "balance": 0},
    "PointsSuspended": {
        **_ENTRY,
        "points": 5200,
        "purchase_id": "pur_01JD0000000000000000000001",
        "case_id": "apr_01JD0000000000000000000001",
        "limit": "points_per_order",
        "releases_on": "2025-07-01",
        "balance": 1250,
    },
    "AbuseCaseDecided": {
        **_ENTRY,
        "case_id": "apr_01JD0000000000000000000001",
        "decision": "taken",
        "points": 5200,
        "balance": 1250,
    },
    "AccountClosureAnnounced": {**_ENTRY, "closes_on": "2025-07-01", "balance": 1250},
    "AccountClosureCancelled": {**_ENTRY},
    "AccountClosed": {**_ENTRY, "points_forfeited": 20, "points_compensated": 1250, "compensation": 1250, "program_version": 1},
    "FeedbackReceived": {**_FEEDBACK, "channel": "app", "kind": "question"},
    "FeedbackAnswered": {**_FEEDBACK, "feedback_version": 3, "answer_number": 1},
}
TOLD = tuple(sorted(set(_DETAILS) - {"PointsEarned"}))
"""The event types of which somebody is told."""


class FakeMessageStore:
    """Claims and records in memory; `fail_next` makes the next calls raise, one by one."""

    def __init__(self) -> None:
        self.claims: dict[str, tuple[str, str, datetime, tuple[StatusStep, ...]]] = {}
        self.messages: list[Message] = []
        self.versions: dict[tuple[str, str], int] = {}
        self.fail_settle: list[Exception] = []

    def claim(self, message_id: str, owner: str, now: datetime, lease_until: datetime) -> Claim | MessageStatus:
        held = self.claims.get(message_id)
        if held and held[0] not in {"held", "free"}:
            return MessageStatus(held[0])
        if held and held[0] == "held" and held[2] > now:
            raise ClaimedError
        steps = held[3] if held else ()
        self.claims[message_id] = ("held", owner, lease_until, steps)
        return Claim(message_id, owner, steps)

    def release(self, claim: Claim, step: StatusStep) -> None:
        if self.claims[claim.message_id][1] == claim.owner:
            self.claims[claim.message_id] = ("free", claim.owner, step.at, (*claim.steps, step))

    def settle(self, claim: Claim, message: Message) -> None:
        if self.fail_settle:
            raise self.fail_settle.pop(0)
        held = self.claims[claim.message_id]
        if held[:2] == ("held", claim.owner):
            self.claims[claim.message_id] = (message.status.value, claim.owner, message.at, message.history)
            self.messages.append(message)

    def is_newest(self, recipient_id: str, newest: Newest) -> bool:
        key = (recipient_id, newest.topic)
        if self.versions.get(key, 0) > newest.version:
            return False
        self.versions[key] = newest.version
        return True

    def page(self, recipient_id: str, limit: int, cursor: str | None) -> Page[Message]:
        return self._page([message for message in self.messages if message.recipient_id == recipient_id], limit, cursor)

    def newest(self, limit: int, cursor: str | None) -> Page[Message]:
        return self._page(self.messages, limit, cursor)

    @staticmethod
    def _page(messages: list[Message], limit: int, cursor: str | None) -> Page[Message]:
        newest = sorted(messages, key=lambda message: (message.at, message.message_id), reverse=True)
        start = int(decode_cursor(cursor)["at"]) if cursor else 0
        following = encode_cursor({"at": str(start + limit)}) if start + limit < len(newest) else None
        return Page(tuple(newest[start : start + limit]), following)


@dataclass
class FakeRecipients:
    """People by id; the member has a phone and an e-mail address, the applicant the phone that is being proved."""

    people: dict[str, Recipient] = field(default_factory=dict)

    @classmethod
    def usual(cls, language: Language = "en") -> "FakeRecipients":
        phone, email = Address(MessageChannel.SMS, PHONE), Address(MessageChannel.EMAIL, EMAIL)
        return cls({MEMBER: Recipient(MEMBER, language, (phone, email)), REGISTRATION: Recipient(REGISTRATION, language, (phone,))})

    def find(self, recipient_id: str) -> Recipient | None:
        return self.people.get(recipient_id)

    def change(self, recipient_id: str, **parts: Any) -> None:
        """Replaces parts of a person."""
        self.people[recipient_id] = replace(self.people[recipient_id], **parts)


@dataclass
class FakeSender:
    """Takes messages, after raising what `failures` holds; `accepts_first` models an answer that was lost on its way back."""

    accepted: list[tuple[str, Content]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    accepts_first: bool = False

    def send(self, address: str, content: Content, message_id: str) -> None:  # noqa: ARG002  # the port asks for it
        if self.failures:
            if self.accepts_first:
                self.accepted.append((address, content))
            raise self.failures.pop(0)
        self.accepted.append((address, content))


class Post:
    """A delivery service with everything around it in memory."""

    def __init__(self, language: Language = "en") -> None:
        self.store = FakeMessageStore()
        self.recipients = FakeRecipients.usual(language)
        self.sms = FakeSender()
        self.email = FakeSender()
        self.clock = MovableClock()
        self.service = DeliveryService(
            self.store,
            self.recipients,
            JinjaRenderer(),
            {MessageChannel.SMS: self.sms, MessageChannel.EMAIL: self.email},
            self.code,
            history,
            self.clock,
            counting_ids(),
        )

    @staticmethod
    def code(_code: CodeRef) -> str:
        return CODE


@dataclass
class RecordingSes:
    """SES as a client: keeps the e-mails it took; `failures` are raised first, one a call."""

    emails: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    accepts_first: bool = False

    def send_email(self, **request: Any) -> dict[str, Any]:
        return _taken(self.emails, request, self.failures, accepts_first=self.accepts_first)


@dataclass
class RecordingSns:
    """SNS as a client: keeps the SMS it took; `failures` are raised first, one a call."""

    texts: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    accepts_first: bool = False

    def publish(self, **request: Any) -> dict[str, Any]:
        return _taken(self.texts, request, self.failures, accepts_first=self.accepts_first)


def _taken(kept: list[dict[str, Any]], request: dict[str, Any], failures: list[Exception], *, accepts_first: bool) -> dict[str, Any]:
    if failures:
        if accepts_first:
            kept.append(request)
        raise failures.pop(0)
    kept.append(request)
    return {"MessageId": str(len(kept))}


def refusal(code: str, status: int = 400, message: str = "") -> ClientError:
    """An error as AWS answers it."""
    response: Mapping[str, Any] = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Send")  # type: ignore[arg-type]  # the two parts that are looked at


def silence() -> ReadTimeoutError:
    """An answer that never came."""
    return ReadTimeoutError(endpoint_url="https://provider")
