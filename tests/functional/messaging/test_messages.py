"""`GET /v1/me/messages` and the staff's view of it."""

import pytest

from regulars.kernel.principal import PEOPLE_SCOPE, Principal, Role
from tests.support.calls import MEMBER_ID, machine, member, staff
from tests.support.chain import Chain
from tests.support.messaging import detail

_STAFF = f"/v1/members/{MEMBER_ID}/messages"


def told(way: Chain, count: int) -> str:
    """A member who was told of so many points that ended, a minute apart."""
    member_id = way.place.join()
    for number in range(count):
        way.tell("PointsExpired", detail("PointsExpired", member_id=member_id, event_id=f"ent.{number}", points=number + 1))
        way.place.clock.move(minutes=1)
    return member_id


def test_a_member_reads_what_was_sent_newest_first(way: Chain) -> None:
    """In the words sent, with category, channel, language and status."""
    (newest, oldest) = way.messages(told(way, 2))
    assert "有 2 积分" in newest["text"]
    assert ("points", "sms", "zh-CN", "sent", None) == tuple(
        oldest[name] for name in ("category", "channel", "language", "status", "subject")
    )


def test_pages_are_the_whole_record(way: Chain) -> None:
    """By limit and cursor, without gap or duplicate."""
    member_id = told(way, 5)
    found, cursor = [], None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        answer = way.call(member(member_id), "/v1/me/messages", query=query).json
        found += [item["message_id"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert (5, 5) == (len(found), len(set(found)))


def test_a_code_is_masked_on_reading(way: Chain) -> None:
    """The member sees that a code was sent, not which."""
    member_id = way.place.join()
    way.tell("PasswordResetRequested", detail("PasswordResetRequested", member_id=member_id))
    (message,) = way.messages(member_id)
    sent = way.sns.texts[-1]["Message"]
    assert "••••••" in message["text"]
    assert sent != message["text"]
    assert len(sent) == len(message["text"])


def test_staff_read_a_members_messages(way: Chain) -> None:
    """The same list, for those the policy table names."""
    member_id = told(way, 1)
    answer = way.call(staff(Role.AGENT), f"/v1/members/{member_id}/messages")
    assert (200, way.messages(member_id)) == (answer.status, answer.json["items"])


def test_a_member_there_is_not_is_not_found(way: Chain) -> None:
    """404, as for anything else that is missing."""
    assert 404 == way.call(staff(Role.AGENT), _STAFF).status


@pytest.mark.parametrize(
    ("principal", "path", "expected"),
    [
        (Principal(), "/v1/me/messages", 401),
        (staff(Role.ADMIN), "/v1/me/messages", 403),
        (machine(), "/v1/me/messages", 403),
        (member(), _STAFF, 403),
        (staff(Role.CLERK), _STAFF, 403),
        (staff(Role.MARKETER), _STAFF, 403),
        (staff(Role.PRIVACY_OFFICER), _STAFF, 404),
        (Principal("robot", None, frozenset({Role.AGENT}), frozenset({PEOPLE_SCOPE})), _STAFF, 404),
    ],
)
def test_who_may_read(way: Chain, principal: Principal, path: str, expected: int) -> None:
    """Members their own; agents, managers, admins and privacy officers anybody's."""
    assert expected == way.call(principal, path).status


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"cursor": "nonsense"}, {"page": "2"}])
def test_a_bad_query_is_refused_by_field(way: Chain, query: dict[str, str]) -> None:
    """422 with the field named."""
    answer = way.call(member(), "/v1/me/messages", query=query)
    assert (422, set(query)) == (answer.status, set(answer.fields))


def test_nobody_reads_anothers_messages(way: Chain) -> None:
    """A member's list is that member's alone."""
    told(way, 2)
    assert [] == way.messages(MEMBER_ID)
