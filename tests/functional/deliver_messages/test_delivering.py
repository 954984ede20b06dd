"""From the queue to the provider and the communication record, in process."""

from io import StringIO

import pytest

from functions.deliver_messages.handler import lambda_handler
from regulars.messaging.service import LEASE
from tests.support.bus import LambdaContext, envelope, failed_in, queue_event
from tests.support.chain import Chain
from tests.support.members import EMAIL, PHONE
from tests.support.messaging import detail, refusal, silence


@pytest.mark.requirement("REG-18", "COM-10")
def test_a_new_member_gets_a_code_and_one_welcome_with_the_benefits(way: Chain) -> None:
    """Joining brings the code and, once, the welcome with the tier's benefits; relaying and delivering all of it again brings nothing."""
    member_id = way.place.join()
    for _ in range(3):
        way.run()
    assert {PHONE} == {sms["PhoneNumber"] for sms in way.sns.texts}
    texts = [sms["Message"] for sms in way.sns.texts]
    assert 2 == len(texts)
    (welcome,) = way.messages(member_id)
    assert "welcome" == welcome["template"]
    for benefit in ("积分累计", "订单跟踪"):
        assert benefit in welcome["text"]


@pytest.mark.requirement("REG-18")
def test_an_english_member_with_an_email_is_welcomed_by_email(way: Chain) -> None:
    """Channel and language are the member's: subject, text with every benefit and how to use it, and a page."""
    member_id = way.place.join(phone=..., email=EMAIL, language="en")
    way.run()
    (welcome,) = [email for email in way.ses.emails if "Welcome" in email["Content"]["Simple"]["Subject"]["Data"]]
    body = welcome["Content"]["Simple"]["Body"]
    assert [EMAIL] == welcome["Destination"]["ToAddresses"]
    assert "- Points: Every purchase earns points." in body["Text"]["Data"]
    assert "<li>Points: Every purchase earns points.</li>" in body["Html"]["Data"]
    assert "How to use them" in body["Text"]["Data"]
    assert [("email", "Welcome to Regulars")] == [(item["channel"], item["subject"]) for item in way.messages(member_id)]


def test_the_code_that_arrives_is_the_one_that_proves_the_contact(way: Chain) -> None:
    """The code is computed from the event and taken by the registration; neither bus nor tables carry it."""
    registration_id = way.place.submit()
    way.run()
    code = way.place.code(registration_id)
    assert code in way.sns.texts[0]["Message"]
    assert code not in repr([way.bus.entries, way.items("messaging"), way.items("members")])
    assert 200 == way.place.verify(registration_id, code).status


@pytest.mark.requirement("TIER-07", "COM-10")
def test_a_promotion_is_told_once_with_the_new_benefits(way: Chain) -> None:
    """One notice per promotion, in the words of the new tier, however often the event comes."""
    member_id = way.place.join()
    way.run()
    event = detail("TierChanged", member_id=member_id, from_tier="ordinary", to_tier="silver")
    assert [[]] * 10 == [way.tell("TierChanged", event, "regulars.accounts") for _ in range(10)]
    notices = [item for item in way.messages(member_id) if item["template"] == "tier_changed"]
    assert 1 == len(notices)
    for words in ("银卡", "会员折扣", "优先客服"):
        assert words in notices[0]["text"]


@pytest.mark.parametrize(
    ("event_type", "words"),
    [
        ("PointsExpiring", ("1,200", "2025年6月30日")),
        ("PointsExpired", ("1,200", "2025年6月30日")),
        ("ProfileChanged", ("姓名", "地址")),
        ("PasswordChanged", ("密码已修改",)),
        ("RegistrationForKnownContact", ("您已是会员",)),
        ("FeedbackReceived", ("F-7K3M-9Q2X",)),
        ("FeedbackAnswered", ("F-7K3M-9Q2X", "已答复")),
    ],
)
@pytest.mark.requirement("COM-10")
def test_each_occasion_has_its_one_notice(way: Chain, event_type: str, words: tuple[str, ...]) -> None:
    """The right template by the member's channel and language, once."""
    member_id = way.place.join()
    event = detail(event_type, member_id=member_id)
    assert [[]] * 3 == [way.tell(event_type, event) for _ in range(3)]
    (notice,) = way.messages(member_id)
    assert [] == [word for word in words if word not in notice["text"]]


_POISON = (
    "no JSON",
    "{}",
    "[]",
    '{"detail-type":"MemberActivated","detail":{"event_id":"1"}}',
    '{"detail-type":"TierChanged","detail":null}',
)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_poisoned_messages_fail_alone(way: Chain, place: int) -> None:
    """First, in the middle or last: the others are sent, only the poisoned are reported."""
    member_id = way.place.join()
    sound = [envelope(event_type, detail(event_type, member_id=member_id)) for event_type in ("MemberActivated", "PointsExpired")]
    bodies: list[dict[str, object] | str] = [*sound[:place], *_POISON, *sound[place:]]
    expected = [f"message-{place + number}" for number in range(1, len(_POISON) + 1)]
    assert expected == failed_in(lambda_handler(queue_event(*bodies), LambdaContext()))
    assert 2 == len(way.sns.texts)


def test_a_provider_that_fails_and_then_works_sends_once(way: Chain) -> None:
    """The failed one alone is reported; the next delivery of it sends; the history tells both."""
    member_id = way.place.join()
    event = detail("MemberActivated", member_id=member_id)
    way.sns.failures = [refusal("Throttled", 429)]
    assert [["message-1"], [], []] == [way.tell("MemberActivated", event) for _ in range(3)]
    assert 1 == len(way.sns.texts)
    (message,) = way.messages(member_id)
    assert [("failed", "Throttled"), ("sent", None)] == [(step["status"], step["code"]) for step in message["history"]]


@pytest.mark.parametrize(("tries", "pause"), [(1, 10), (2, 60), (3, 300), (4, 900), (5, 900)])
def test_a_failed_message_comes_again_soon_at_first_and_later_as_the_trouble_lasts(way: Chain, tries: int, pause: int) -> None:
    """A code must not wait for the queue's own time-out."""
    member_id = way.place.join()
    way.sns.failures = [refusal("Throttled", 429)]
    event = envelope("MemberActivated", detail("MemberActivated", member_id=member_id))
    assert ["message-1"] == failed_in(lambda_handler(queue_event(event, tries=tries), LambdaContext()))
    assert [("message-1", pause)] == way.sqs.pauses


def test_a_pause_that_cannot_be_set_is_no_harm(way: Chain) -> None:
    """The message is reported all the same and comes after the queue's own time-out."""
    member_id = way.place.join()
    way.sns.failures, way.sqs.down = [refusal("Throttled", 429)], True
    assert ["message-1"] == way.tell("MemberActivated", detail("MemberActivated", member_id=member_id))


def test_a_lost_answer_brings_at_most_one_more_message_and_one_record(way: Chain) -> None:
    """SES took it and the answer was lost: it is sent again, which is stated, and recorded once."""
    member_id = way.place.join(phone=..., email=EMAIL, language="en")
    event = detail("MemberActivated", member_id=member_id)
    way.ses.failures, way.ses.accepts_first = [silence()], True
    assert [["message-1"], [], []] == [way.tell("MemberActivated", event) for _ in range(3)]
    assert 2 == len(way.ses.emails)
    assert 1 == len(way.messages(member_id))


def test_a_refused_message_is_on_record_and_not_tried_again(way: Chain) -> None:
    """Where there is no other channel the refusal is final; the member's record says so."""
    member_id = way.place.join()
    event = detail("MemberActivated", member_id=member_id)
    way.sns.failures = [refusal("InvalidParameter")]
    assert [[], []] == [way.tell("MemberActivated", event) for _ in range(2)]
    assert [] == way.sns.texts
    assert ["refused"] == [item["status"] for item in way.messages(member_id)]


def test_tier_changes_out_of_order_leave_the_newest_told(way: Chain) -> None:
    """Gold was told first: silver comes too late and is dropped."""
    member_id = way.place.join()
    for version, tier in ((9, "gold"), (8, "silver")):
        way.tell(
            "TierChanged", detail("TierChanged", member_id=member_id, account_version=version, entry_id=f"ent_{version}", to_tier=tier)
        )
    assert ["金卡"] == [tier for item in way.messages(member_id) for tier in ("银卡", "金卡") if f"变为{tier}" in item["text"]]


def test_what_cannot_be_finished_in_time_is_not_begun(way: Chain) -> None:
    """With little time left everything goes back to the queue untouched."""
    member_id = way.place.join()
    event = queue_event(envelope("MemberActivated", detail("MemberActivated", member_id=member_id)))
    assert ["message-1"] == failed_in(lambda_handler(event, LambdaContext(milliseconds=5_000)))
    assert [] == way.items("messaging")


def test_a_message_another_worker_has_claimed_is_left_to_the_queue(way: Chain) -> None:
    """While the other's lease lasts it is reported and keeps the queue's own time-out, which is longer."""
    member_id = way.place.join()
    event = detail("MemberActivated", member_id=member_id)
    way.wiring.tables["messaging"].lose("write", after=True)  # whoever claimed it never came to send it
    assert [["message-1"], ["message-1"]] == [way.tell("MemberActivated", event) for _ in range(2)]
    assert ([], []) == (way.sns.texts, way.sqs.pauses)


@pytest.mark.parametrize("lost_answer", [False, True])
@pytest.mark.parametrize("operation", ["write", "transact"])
def test_a_store_that_falters_leaves_no_message_unsent_and_sends_none_twice(way: Chain, operation: str, *, lost_answer: bool) -> None:
    """A lost request or a lost answer of the table: reported or borne, the message is sent once in the end."""
    member_id = way.place.join()
    event = detail("MemberActivated", member_id=member_id)
    way.wiring.tables["messaging"].lose(operation, after=lost_answer)
    way.tell("MemberActivated", event)
    way.place.clock.move(seconds=LEASE.total_seconds())
    assert [] == way.tell("MemberActivated", event)
    assert (1, 1) == (len(way.sns.texts), len(way.messages(member_id)))


def test_contacts_that_cannot_be_opened_leave_the_message_to_the_queue(way: Chain) -> None:
    """The key service is down: nothing is sent, it is reported, and sent once it is back."""
    member_id = way.place.join()
    event = detail("MemberActivated", member_id=member_id)
    way.place.kms.down = {"decrypt"}
    way.wiring.__dict__.pop("vault", None)
    assert ["message-1"] == way.tell("MemberActivated", event)
    way.place.kms.down = set()
    assert [] == way.tell("MemberActivated", event)
    assert 1 == len(way.sns.texts)


@pytest.mark.requirement("PRV-17")
def test_the_log_names_nobody(way: Chain, log: StringIO) -> None:
    """Success, refusal, silence and poison: no phone, address, name or code in any line."""
    way.place.submit(phone="+8613800138001")
    member_id = way.place.join(email=EMAIL)
    way.run()
    way.sns.failures = [refusal("InvalidParameter", message=f"Invalid parameter: {PHONE}"), silence()]
    way.tell("PasswordChanged", detail("PasswordChanged", member_id=member_id))
    way.tell("ProfileChanged", detail("ProfileChanged", member_id=member_id))
    lambda_handler(queue_event(f'{{"to": "{PHONE}"'), LambdaContext())
    code = next(sms["Message"] for sms in way.sns.texts if "验证码" in sms["Message"]).split("验证码 ")[1][:6]
    assert log.getvalue()
    for secret in (PHONE, PHONE[3:], EMAIL, "林小满", code):
        assert secret not in log.getvalue()
