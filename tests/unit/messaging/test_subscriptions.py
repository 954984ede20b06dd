"""Which events become messages."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from regulars.members.model import MessageChannel
from regulars.messaging.model import CodeRef, MessageTemplate, Newest
from regulars.messaging.subscriptions import SUBSCRIBED, notice_of
from regulars_local.generate import event_types
from tests.support.clock import START
from tests.support.messaging import MEMBER, REGISTRATION, TOLD, detail

_TEMPLATES = {
    "VerificationRequested": MessageTemplate.VERIFICATION_CODE,
    "PasswordResetRequested": MessageTemplate.PASSWORD_RESET_CODE,
    "PasswordChanged": MessageTemplate.PASSWORD_CHANGED,
    "RegistrationForKnownContact": MessageTemplate.KNOWN_CONTACT,
    "ApplicationRejected": MessageTemplate.APPLICATION_REJECTED,
    "MemberActivated": MessageTemplate.WELCOME,
    "ProfileChanged": MessageTemplate.PROFILE_CHANGED,
    "TierChanged": MessageTemplate.TIER_CHANGED,
    "TierReviewed": MessageTemplate.TIER_GRACE,
    "PointsTransferred": MessageTemplate.POINTS_RECEIVED,
    "PointsReversed": MessageTemplate.POINTS_REVERSED,
    "PointsExpiring": MessageTemplate.POINTS_EXPIRING,
    "PointsExpired": MessageTemplate.POINTS_EXPIRED,
    "PointsSuspended": MessageTemplate.POINTS_SUSPENDED,
    "AbuseCaseDecided": MessageTemplate.CASE_DECIDED,
    "AccountClosureAnnounced": MessageTemplate.ACCOUNT_CLOSING,
    "AccountClosureCancelled": MessageTemplate.ACCOUNT_KEPT,
    "AccountClosed": MessageTemplate.ACCOUNT_CLOSED,
    "FeedbackReceived": MessageTemplate.FEEDBACK_RECEIVED,
    "FeedbackAnswered": MessageTemplate.FEEDBACK_ANSWERED,
}


@pytest.mark.parametrize("event_type", TOLD)
def test_each_event_has_its_own_template_and_the_person_it_concerns(event_type: str) -> None:
    """The template is the event's, the recipient its member, or the applicant where there is no member yet."""
    notice = notice_of(event_type, detail(event_type))
    assert notice is not None
    expected = REGISTRATION if event_type in {"VerificationRequested", "ApplicationRejected"} else MEMBER
    assert (_TEMPLATES[event_type], expected) == (notice.template, notice.recipient_id)


def test_what_the_tests_tell_is_what_is_subscribed() -> None:
    """No subscription is left out by the tests."""
    assert set(TOLD) == SUBSCRIBED


@pytest.mark.parametrize("event_type", TOLD)
def test_the_details_in_these_tests_are_those_the_producers_let_out(event_type: str) -> None:
    """A sample detail is accepted by the producer's strict type, so producer and consumer mean the same."""
    kinds = {kind.event_type(): kind for kind in event_types()}
    assert detail(event_type)["event_id"] == kinds[event_type].from_detail(detail(event_type)).event_id


@pytest.mark.parametrize("event_type", ["PointsEarned", "MemberVerified", "ProgramVersionPublished", "SomethingOfTomorrow"])
def test_of_other_events_nobody_is_told(event_type: str) -> None:
    """Types without a subscription give no notice, unknown ones as well."""
    assert notice_of(event_type, {"event_id": "1"}) is None


@pytest.mark.parametrize(
    ("event_type", "facts"), [("TierReviewed", {"outcome": "kept", "until": ...}), ("PointsTransferred", {"points": -50})]
)
def test_of_what_has_no_news_nobody_is_told(event_type: str, facts: dict[str, object]) -> None:
    """A tier that was kept, and the giver's side of a gift, are no messages."""
    assert notice_of(event_type, detail(event_type, **facts)) is None


def test_fields_of_tomorrow_do_no_harm() -> None:
    """An event may grow: fields that are not read are passed over."""
    assert notice_of("TierChanged", detail("TierChanged", mood="festive")) == notice_of("TierChanged", detail("TierChanged"))


@pytest.mark.parametrize(
    ("event_type", "field"), [("MemberActivated", "member_id"), ("PointsExpired", "points"), ("TierChanged", "to_tier")]
)
def test_a_known_event_without_its_fields_is_refused(event_type: str, field: str) -> None:
    """Better a dead letter than half a message."""
    with pytest.raises(ValidationError):
        notice_of(event_type, detail(event_type, **{field: ...}))


def test_a_code_goes_to_the_contact_it_proves_while_it_is_valid() -> None:
    """The notice names whose code and which attempt, never the code; it has one channel and an end."""
    notice = notice_of("VerificationRequested", detail("VerificationRequested", attempt=3, channel="email"))
    assert notice is not None
    assert (CodeRef(REGISTRATION, 3), (MessageChannel.EMAIL,)) == (notice.code, notice.channels)
    assert START + timedelta(minutes=10) == notice.expires_at


def test_a_tier_is_told_in_order_of_the_account() -> None:
    """The account's version orders tier changes, so that an older one is not told after a newer one."""
    notice = notice_of("TierChanged", detail("TierChanged", account_version=7))
    assert notice is not None
    assert Newest("tier", 7) == notice.newest


def test_a_welcome_is_the_same_message_whatever_event_brings_it() -> None:
    """One welcome for a member for ever, even if another event said so again (REG-18)."""
    first, second = (notice_of("MemberActivated", detail("MemberActivated", event_id=event_id)) for event_id in ("a", "b"))
    assert first
    assert second
    assert first.message_id(MessageChannel.SMS) == second.message_id(MessageChannel.SMS)


def test_an_unsigned_note_is_nobodys() -> None:
    """Feedback without a member gives no notice."""
    assert notice_of("FeedbackReceived", detail("FeedbackReceived", member_id=...)) is None


def test_messages_differ_by_channel_and_fact() -> None:
    """The message id follows from recipient, template, fact and channel (law N1)."""
    notices = [notice_of("PointsExpired", detail("PointsExpired", event_id=f"ent.{number}")) for number in (1, 2)]
    ids = {notice.message_id(channel) for notice in notices if notice for channel in MessageChannel}
    assert len(ids) == 4
