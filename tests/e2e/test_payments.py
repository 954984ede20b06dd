"""What others get wrong, against the running stack: one balance spent many times at once, refunds after spending and before buying."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from regulars_local.joining import Applicant, Reception
from regulars_local.running import RunningStack

PARALLEL = 16


@pytest.fixture(scope="module")
def till(stack: RunningStack) -> Iterator[httpx.Client]:
    """The till with its token."""
    with stack.client(stack.machine_token("till")) as client:
        yield client


@pytest.fixture
def member_id(stack: RunningStack, request: pytest.FixtureRequest) -> str:
    """A member who joined just now."""
    with Reception(stack) as reception:
        return reception.join(Applicant("Payer", f"{request.node.name.replace('_', '-')[:40]}@example.com")).member_id


def purchase(member_id: str, reference: str, amount: int) -> dict[str, Any]:
    return {
        "source": "till-pay",
        "reference": reference,
        "member_id": member_id,
        "store_id": "s1",
        "occurred_at": datetime.now(UTC).isoformat(),
        "currency": "CNY",
        "lines": [{"sku": "milk", "category": "food", "quantity": 1, "amount": amount}],
    }


def points(till: httpx.Client, member_id: str) -> dict[str, Any]:
    found: dict[str, Any] = till.get(f"/v1/members/{member_id}/points").json()
    return found


@pytest.mark.requirement("PTS-16")
def test_of_twenty_parallel_payments_of_a_whole_balance_one_wins(till: httpx.Client, member_id: str) -> None:
    """The others are refused, whatever they met; the balance is 0, never below (law I5)."""
    till.post("/v1/purchases", json=purchase(member_id, f"{member_id}-buy", 1_000_00)).raise_for_status()

    def pay(number: int) -> httpx.Response:
        body = {"source": "till-pay", "reference": f"{member_id}-{number}", "member_id": member_id, "points": 1000, "purpose": "cash"}
        for _ in range(6):
            answer = till.post("/v1/redemptions", json=body)
            if answer.status_code != 409:
                return answer
        return answer

    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(pay, range(20)))

    assert {201: 1, 422: 19} == Counter(answer.status_code for answer in answers)
    assert {"insufficient_points"} == {
        error["code"] for answer in answers if answer.status_code == 422 for error in answer.json()["errors"]
    }
    balance = points(till, member_id)
    assert (0, 0, 1000) == (balance["available"], balance["debt"], balance["spent_total"])


@pytest.mark.requirement("PTS-19")
def test_a_partial_refund_after_a_partial_spend(till: httpx.Client, member_id: str) -> None:
    """1,000 earned, 700 used, half returned: 300 taken, 200 owed, which the next purchase repays first."""
    bought = till.post("/v1/purchases", json=purchase(member_id, f"{member_id}-buy", 999_99)).json()
    used = {"source": "till-pay", "reference": f"{member_id}-use", "member_id": member_id, "points": 700, "purpose": "gift"}
    till.post("/v1/redemptions", json=used).raise_for_status()
    returned = {"source": "till-pay", "reference": f"{member_id}-back", "occurred_at": datetime.now(UTC).isoformat(), "amount": 500_00}
    answers = [till.post(f"/v1/purchases/{bought['purchase_id']}/refunds", json=returned) for _ in range(3)]
    owing = points(till, member_id)
    till.post("/v1/purchases", json=purchase(member_id, f"{member_id}-next", 300_00)).raise_for_status()
    repaid = points(till, member_id)

    assert [201, 201, 201] == [answer.status_code for answer in answers]
    assert (0, 200) == (owing["available"], owing["debt"])
    assert (100, 0) == (repaid["available"], repaid["debt"])


@pytest.mark.requirement("PTS-19")
def test_a_refund_before_its_purchase_ends_as_in_order(till: httpx.Client, member_id: str) -> None:
    """It waits, is told so, and counts with the purchase; the statement has both."""
    returned = {
        "source": "till-pay",
        "reference": f"{member_id}-back",
        "purchase_source": "till-pay",
        "purchase_reference": f"{member_id}-buy",
        "occurred_at": datetime.now(UTC).isoformat(),
        "amount": 100_00,
    }
    waiting = till.post("/v1/refunds", json=returned)
    bought = till.post("/v1/purchases", json=purchase(member_id, f"{member_id}-buy", 100_00))
    entries = till.get(f"/v1/members/{member_id}/points/entries").json()["items"]

    assert (202, "awaiting_purchase", 201) == (waiting.status_code, waiting.json()["status"], bought.status_code)
    assert ["refund", "purchase"] == [entry["kind"] for entry in entries]
    assert 0 == points(till, member_id)["available"]
