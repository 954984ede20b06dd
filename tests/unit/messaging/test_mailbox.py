"""The mailbox of stage `local`."""

import pytest

from regulars.members.model import MessageChannel
from regulars.messaging.mailbox import Mailbox, NotLocalError
from regulars.messaging.rendering import JinjaRenderer
from tests.support.messaging import CODE, EMAIL, MEMBER, PHONE, REGISTRATION, Post, detail


def mailbox(post: Post, *, is_local: bool = True) -> Mailbox:
    """The mailbox of what was sent."""
    return Mailbox(post.store, post.recipients, JinjaRenderer(), post.code, is_local=is_local)


def busy_post() -> Post:
    """A code to an applicant, then a welcome and a notice to a member."""
    post = Post()
    for event_type in ("VerificationRequested", "MemberActivated", "TierChanged"):
        post.service.deliver(event_type, detail(event_type))
        post.clock.move(minutes=1)
    return post


def test_no_stage_but_local_has_a_mailbox() -> None:
    """It shows contacts and codes, so it cannot even be made elsewhere."""
    with pytest.raises(NotLocalError):
        mailbox(Post(), is_local=False)


def test_everything_is_shown_newest_first_with_address_and_code() -> None:
    """What people got, as they got it."""
    mails = mailbox(busy_post()).newest(10)
    assert ["tier_changed", "welcome", "verification_code"] == [mail.template for mail in mails]
    assert (PHONE, CODE, REGISTRATION) == (mails[2].to, mails[2].code, mails[2].recipient_id)
    assert CODE in mails[2].text


def test_one_persons_mail_can_be_asked_for() -> None:
    """By address or by id; the limit counts what fits."""
    box = mailbox(busy_post())
    assert 3 == len(box.newest(10, to=PHONE))
    assert ["tier_changed"] == [mail.template for mail in box.newest(1, to=MEMBER)]
    assert [] == box.newest(10, to=EMAIL)


def test_more_than_a_page_is_read_on() -> None:
    """The oldest of many is found."""
    post = Post()
    for number in range(120):
        post.service.deliver("PointsExpired", detail("PointsExpired", event_id=f"ent.{number}"))
    assert 120 == len(mailbox(post).newest(1000))


def test_mail_to_somebody_who_is_no_more_has_no_address() -> None:
    """The record outlives the contact."""
    post = busy_post()
    post.recipients.people.clear()
    assert {""} == {mail.to for mail in mailbox(post).newest(10)}


def test_an_email_is_shown_with_its_subject_and_page() -> None:
    """All parts of an e-mail are there."""
    post = Post()
    post.recipients.change(MEMBER, addresses=post.recipients.people[MEMBER].addresses[1:])
    post.service.deliver("MemberActivated", detail("MemberActivated"))
    (mail,) = mailbox(post).newest(1)
    assert (MessageChannel.EMAIL, EMAIL, "Welcome to Regulars") == (mail.channel, mail.to, mail.subject)
    assert mail.html.startswith("<!doctype html>")
