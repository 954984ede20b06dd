"""Purchases against the running stack: many at once, the same at once, and the message that follows."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from regulars.messaging.model import MessageTemplate
from regulars_local.backstage import wiring_of
from regulars_local.joining import Applicant, Reception
from regulars_local.running import RunningStack

PARALLEL = 16
"""Requests in flight at once; each needs a worker of the emulator."""


@pytest.fixture(scope="module")
def till(stack: RunningStack) -> Iterator[httpx.Client]:
    """The till with its token."""
    with stack.client(stack.machine_token("till")) as client:
        yield client


def join(stack: RunningStack, name: str) -> str:
    """A member who joined just now: the id."""
    with Reception(stack) as reception:
        return reception.join(Applicant(name, f"{name.lower()}@example.com")).member_id


def body(member_id: str, reference: str, amount: int = 10_00) -> dict[str, Any]:
    """A purchase of one line, now."""
    return {
        "source": "till-e2e",
        "reference": reference,
        "member_id": member_id,
        "store_id": "s1",
        "occurred_at": datetime.now(UTC).isoformat(),
        "currency": "CNY",
        "lines": [{"sku": "milk", "category": "food", "quantity": 1, "amount": amount}],
    }


def send_all(till: httpx.Client, bodies: list[dict[str, Any]]) -> list[httpx.Response]:
    """Sends requests in parallel; a 409 is tried again as the answer asks."""

    def send(content: dict[str, Any]) -> httpx.Response:
        for _ in range(5):
            answer = till.post("/v1/purchases", json=content)
            if answer.status_code != 409:
                return answer
            time.sleep(float(answer.headers["retry-after"]))
        return answer

    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(send, bodies))


def points(stack: RunningStack, till: httpx.Client, member_id: str) -> int:
    """The member's balance."""
    return int(till.get(f"/v1/members/{member_id}/points").json()["available"])


def test_fifty_parallel_identical_purchases_count_once(stack: RunningStack, till: httpx.Client) -> None:
    """One is recorded, 49 are answered the same as replays; the balance holds it once (PTS-16)."""
    member_id = join(stack, "Fifty")
    answers = send_all(till, [body(member_id, "same")] * 50)

    assert Counter(answer.status_code for answer in answers) == {201: 50}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 49
    assert points(stack, till, member_id) == 10


def test_thirty_two_parallel_purchases_of_one_member_all_count(stack: RunningStack, till: httpx.Client) -> None:
    """None fails, none is lost, and the statement has each of them once."""
    member_id = join(stack, "Busy")
    answers = send_all(till, [body(member_id, f"busy-{number}") for number in range(32)])
    statement = till.get(f"/v1/members/{member_id}/points/entries", params={"limit": 100}).json()["items"]

    assert Counter(answer.status_code for answer in answers) == {201: 32}
    assert sorted(entry["reference"] for entry in statement) == sorted(f"busy-{number}" for number in range(32))
    assert points(stack, till, member_id) == 320


@pytest.mark.requirement("TIER-07", "COM-10")
def test_an_upgrade_is_told_exactly_once(stack: RunningStack, till: httpx.Client) -> None:
    """The purchase that reaches Silver leads to one message to the member, through the stream, the bus and the queue."""
    member_id = join(stack, "Climber")
    answer = till.post("/v1/purchases", json=body(member_id, "climb", 1_000_00)).json()
    again = till.post("/v1/purchases", json=body(member_id, "climb-2")).json()

    assert (answer["tier"], answer["tier_changed"], again["tier_changed"]) == ("silver", True, False)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not _told(stack, member_id):
        time.sleep(0.3)
    time.sleep(1)
    assert _told(stack, member_id) == 1


def _told(stack: RunningStack, member_id: str) -> int:
    sent = wiring_of(stack).mailbox.newest(50, member_id)
    return sum(mail.template is MessageTemplate.TIER_CHANGED and "Silver" in mail.text for mail in sent)
