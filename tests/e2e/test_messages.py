"""Messages and feedback against the running stack: from the act to what its author reads."""

import time
from collections import Counter

import httpx
import pytest

from regulars_local.joining import Applicant, Reception
from regulars_local.running import RunningStack

_TIME_TO_ARRIVE_SECONDS = 60
_SAID = {"channel": "app", "kind": "question", "text": "When do my points end? <b>积分</b>"}
_ANSWER = "At the end of next June."


def read_until(member: httpx.Client, template: str) -> Counter[str]:
    """What the member was sent, by template, once a message of this one has come."""
    deadline = time.monotonic() + _TIME_TO_ARRIVE_SECONDS
    found: Counter[str] = Counter()
    while time.monotonic() < deadline and not found[template]:
        time.sleep(0.2)
        found = Counter(item["template"] for item in member.get("/v1/me/messages").raise_for_status().json()["items"])
    return found


@pytest.mark.requirement("REG-18", "COM-10", "FBK-01", "FBK-07")
def test_a_member_is_welcomed_speaks_is_answered_and_told_each_once(stack: RunningStack) -> None:
    """Welcome, receipt with the reference number, answer: one message each; the answer is read, and only then is it closed."""
    with Reception(stack) as reception:
        joined = reception.join(Applicant("Speaker", "speaker@example.com"))
    token = stack.password_token(joined.contact, joined.password)
    with stack.client(token) as member, stack.client(stack.staff_token("agent")) as agent:
        assert Counter({"welcome": 1}) == read_until(member, "welcome")
        receipts = [member.post("/v1/me/feedback", json=_SAID, headers={"Idempotency-Key": "once"}).raise_for_status() for _ in range(3)]
        assert 1 == len({receipt.text for receipt in receipts})
        receipt = receipts[0].json()

        def step(name: str, body: dict[str, str] | None = None) -> httpx.Response:
            return agent.post(f"/v1/feedback/{receipt['feedback_id']}/{name}", json=body, headers={"Idempotency-Key": f"{name}-once"})

        assert "answer_needed" == step("closure").json()["code"]
        assert 200 == step("classification", {"category": "points", "severity": "low"}).status_code
        assert [200, 200] == [step("answer", {"text": _ANSWER}).status_code for _ in range(2)]
        assert 200 == step("closure").status_code

        seen = member.get(f"/v1/me/feedback/{receipt['feedback_id']}").json()
        assert ("closed", _SAID["text"], [_ANSWER]) == (seen["status"], seen["text"], [answer["text"] for answer in seen["answers"]])
        assert Counter({"welcome": 1, "feedback_received": 1, "feedback_answered": 1}) == read_until(member, "feedback_answered")
        assert any(receipt["reference"] in item["text"] for item in member.get("/v1/me/messages").json()["items"])


def test_the_reference_page_and_its_document_are_public(stack: RunningStack) -> None:
    """Both are served by the stack itself, without a token."""
    with stack.client() as anybody:
        page, document = anybody.get("/docs"), anybody.get("/v1/openapi.json")
    assert ("text/html; charset=utf-8", 200) == (page.headers["content-type"], page.status_code)
    assert "3.1.0" == document.json()["openapi"]
