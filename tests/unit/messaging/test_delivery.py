"""Delivery with everything around it in memory."""

from collections.abc import Callable

import pytest

from regulars.kernel.errors import UnavailableError
from regulars.kernel.retry import LostRaceError
from regulars.members.model import MessageChannel
from regulars.messaging.model import Address, MessageStatus
from regulars.messaging.ports import ClaimedError, SendFailedError, SendRefusedError
from regulars.messaging.service import LEASE, Outcome
from tests.support.messaging import CODE, EMAIL, MEMBER, PHONE, REGISTRATION, TOLD, Post, detail


def deliver(post: Post, event_type: str = "MemberActivated", **parts: object) -> Outcome:
    """Delivers one event."""
    return post.service.deliver(event_type, detail(event_type, **parts)).outcome


@pytest.mark.parametrize("event_type", TOLD)
def test_an_event_becomes_one_message_however_often_it_comes(event_type: str) -> None:
    """Ten deliveries, one accepted message, one record (law N1)."""
    post = Post()
    outcomes = [deliver(post, event_type) for _ in range(10)]
    assert [Outcome.SENT] + [Outcome.SENT_BEFORE] * 9 == outcomes
    assert (1, 0, 1) == (len(post.sms.accepted), len(post.email.accepted), len(post.store.messages))


def test_the_preferred_contact_is_taken() -> None:
    """The first address is the preferred one; an e-mail has subject, text and HTML."""
    post = Post()
    post.recipients.change(MEMBER, addresses=(Address(MessageChannel.EMAIL, EMAIL), Address(MessageChannel.SMS, PHONE)))
    deliver(post)
    ((address, content),) = post.email.accepted
    assert EMAIL == address
    assert content.subject
    assert content.html


def test_a_code_is_sent_and_not_kept() -> None:
    """The SMS has the code; the record has none, only whose and which attempt."""
    post = Post()
    deliver(post, "VerificationRequested")
    assert CODE in post.sms.accepted[0][1].text
    assert CODE not in repr(post.store.messages)
    assert (REGISTRATION, 1) == (
        post.store.messages[0].recipient_id,
        post.store.messages[0].code.attempt if post.store.messages[0].code else 0,
    )


def test_no_contact_is_kept() -> None:
    """The record holds neither phone nor e-mail address."""
    post = Post()
    for event_type in TOLD:
        deliver(post, event_type)
    assert PHONE not in repr(post.store.messages)
    assert EMAIL not in repr(post.store.messages)


def test_a_code_goes_nowhere_but_to_the_contact_it_proves() -> None:
    """No other channel is taken, even when this one refuses."""
    post = Post()
    post.sms.failures = [SendRefusedError("InvalidParameter")]
    assert Outcome.NOT_REACHED == deliver(post, "PasswordResetRequested")
    assert [] == post.email.accepted


def test_a_code_that_has_ended_is_not_sent() -> None:
    """Too late is too late: nothing is sent, nothing is recorded."""
    post = Post()
    post.clock.move(minutes=10)
    assert Outcome.TOO_LATE == deliver(post, "VerificationRequested")
    assert [] == post.sms.accepted


def test_somebody_who_is_no_more_is_not_told() -> None:
    """Nobody there, nothing sent, nothing to try again."""
    post = Post()
    post.recipients.people.clear()
    assert Outcome.NOBODY_THERE == deliver(post)


def test_somebody_without_a_contact_is_not_reached() -> None:
    """It is said, and not tried again."""
    post = Post()
    post.recipients.change(MEMBER, addresses=())
    assert Outcome.NOT_REACHED == deliver(post)


def test_a_refused_message_goes_by_the_other_channel() -> None:
    """The refusal is recorded with its code; the other channel takes it; repeating changes nothing."""
    post = Post()
    post.sms.failures = [SendRefusedError("InvalidParameter")]
    assert [Outcome.SENT, Outcome.SENT_BEFORE] == [deliver(post), deliver(post)]
    assert [EMAIL] == [address for address, _ in post.email.accepted]
    statuses = [(message.channel, message.status) for message in post.store.messages]
    assert [(MessageChannel.SMS, MessageStatus.REFUSED), (MessageChannel.EMAIL, MessageStatus.SENT)] == statuses


def test_a_failed_try_is_made_again_and_kept_in_the_history() -> None:
    """The next delivery need not wait for the lease; the record tells both steps."""
    post = Post()
    post.sms.failures = [SendFailedError("Throttling")]
    with pytest.raises(SendFailedError):
        deliver(post)
    assert Outcome.SENT == deliver(post)
    assert [("failed", "Throttling"), ("sent", "")] == [(step.status, step.code) for step in post.store.messages[0].history]


def test_after_three_failed_tries_the_other_channel_is_taken() -> None:
    """A provider that is down does not keep a message for ever, where there is another way (COM-14)."""
    post = Post()
    post.sms.failures = [SendFailedError("Throttling")] * 3
    for _ in range(2):
        with pytest.raises(SendFailedError):
            deliver(post)
    assert Outcome.SENT == deliver(post)
    assert (0, 1) == (len(post.sms.accepted), len(post.email.accepted))
    assert [MessageStatus.GIVEN_UP, MessageStatus.SENT] == [message.status for message in post.store.messages]


def test_where_there_is_no_other_way_it_is_tried_until_the_queue_gives_up() -> None:
    """The failure goes back to the queue every time: in the end its dead-letter queue raises the alarm."""
    post = Post()
    post.sms.failures = [SendFailedError("Throttling")] * 5
    for _ in range(5):
        with pytest.raises(SendFailedError):
            deliver(post, "VerificationRequested")
    assert [] == post.store.messages


def test_an_answer_that_was_lost_may_mean_a_second_message_but_never_a_second_record() -> None:
    """Neither provider takes a token: this is stated, and this is the limit of it (law N1)."""
    post = Post()
    post.sms.failures, post.sms.accepts_first = [SendFailedError("ReadTimeoutError")], True
    with pytest.raises(SendFailedError):
        deliver(post)
    assert [Outcome.SENT, Outcome.SENT_BEFORE] == [deliver(post), deliver(post)]
    assert (2, 1) == (len(post.sms.accepted), len(post.store.messages))


def test_a_second_worker_leaves_a_claimed_message_alone() -> None:
    """While the lease lasts the other one is refused and comes back later."""
    post = Post()
    seen: list[type[Exception]] = []

    class Nosy:
        """A sender during whose call the same event is delivered once more."""

        def send(self, address: str, content: object, message_id: str) -> None:  # noqa: ARG002  # the port's arguments
            try:
                deliver(post)
            except ClaimedError as error:
                seen.append(type(error))

    post.service.senders[MessageChannel.SMS] = Nosy()  # type: ignore[index]  # the dict behind the mapping
    assert Outcome.SENT == deliver(post)
    assert [ClaimedError] == seen


def test_a_worker_that_died_leaves_the_message_to_the_next_one_after_the_lease() -> None:
    """A crash between claim and record blocks for five minutes, not for ever."""
    post = Post()
    post.store.fail_settle = [UnavailableError()] * 3
    with pytest.raises(UnavailableError):
        deliver(post)
    with pytest.raises(ClaimedError):
        deliver(post)
    post.clock.move(seconds=LEASE.total_seconds())
    assert Outcome.SENT == deliver(post)


@pytest.mark.parametrize("trouble", [UnavailableError, LostRaceError])
def test_a_store_that_falters_is_asked_again_before_the_message_would_be_sent_twice(trouble: Callable[[], Exception]) -> None:
    """Two failures while recording: the third try records, and only one message went out."""
    post = Post()
    post.store.fail_settle = [trouble(), trouble()]
    assert [Outcome.SENT, Outcome.SENT_BEFORE] == [deliver(post), deliver(post)]
    assert 1 == len(post.sms.accepted)


def test_an_older_tier_is_not_told_after_a_newer_one() -> None:
    """Events may come out of order: who is gold already is not told of silver."""
    post = Post()
    newer = deliver(post, "TierChanged", account_version=9, entry_id="ent_9", to_tier="gold")
    older = deliver(post, "TierChanged", account_version=8, entry_id="ent_8", to_tier="silver")
    assert (Outcome.SENT, Outcome.SUPERSEDED) == (newer, older)
    assert "Gold" in post.sms.accepted[0][1].text


def test_a_newer_tier_is_told_and_the_same_one_may_be_tried_again() -> None:
    """In order both are told; a failed try of the newest is not taken for an older one."""
    post = Post()
    deliver(post, "TierChanged", account_version=8, entry_id="ent_8")
    post.sms.failures = [SendFailedError("Throttling")]
    with pytest.raises(SendFailedError):
        deliver(post, "TierChanged", account_version=9, entry_id="ent_9", to_tier="gold")
    assert Outcome.SENT == deliver(post, "TierChanged", account_version=9, entry_id="ent_9", to_tier="gold")


def test_what_staff_wrote_to_an_applicant_is_sent_and_not_kept() -> None:
    """The reason is in the message and not in the record."""
    post = Post()
    post.recipients.change(REGISTRATION, reason="Please send a legible name.")
    deliver(post, "ApplicationRejected")
    assert "legible" in post.sms.accepted[0][1].text
    assert "legible" not in repr(post.store.messages)


def test_the_language_is_the_recipients() -> None:
    """A Chinese reader is told in Chinese, and the record says so."""
    post = Post("zh-CN")
    deliver(post)
    assert "欢迎" in post.sms.accepted[0][1].text
    assert "zh-CN" == post.store.messages[0].language
