"""Bar 6: many tills at once over HTTP on the running stack, one member, after a warm-up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx

from regulars.accounts.commands import RecordPurchase
from regulars.accounts.entries import Line
from regulars.accounts.service import Buyer
from regulars.kernel.ids import derived_id, new_id
from regulars.settings import Settings
from regulars.wiring import Wiring
from regulars_local.running import RunningStack
from tests.benchmarks.figures import Figure
from tests.benchmarks.scene import receipt
from tests.support.accounts import FakeDirectory

DIFFERENT, IDENTICAL = 32, 50


def measure_parallel(running: RunningStack) -> list[Figure]:
    """32 different purchases of one member all count; 50 times the same one counts once."""
    wiring = _wiring(running)
    member_id, other = _member(wiring), _member(wiring)
    with running.client(running.machine_token("till")) as http:
        for round_of_warm_up in range(2):  # starts the workers: what takes too long meanwhile is no figure
            _post(http, [_receipt(other, round_of_warm_up * DIFFERENT + number) for number in range(DIFFERENT)])
        return [*_different(wiring, http, member_id), *_identical(wiring, http, member_id)]


def _different(wiring: Wiring, http: httpx.Client, member_id: str) -> list[Figure]:
    before = _version(wiring, member_id)
    replies = _post(http, [_receipt(member_id, number) for number in range(DIFFERENT)])
    refused = sum(status != httpx.codes.CREATED for status, _ in replies)
    uncounted = DIFFERENT - (_version(wiring, member_id) - before)
    return [
        Figure(6, f"{DIFFERENT} parallel purchases of one member: refused", refused, 0, "purchases"),
        Figure(6, f"{DIFFERENT} parallel purchases of one member: not in the ledger", abs(uncounted), 0, "purchases"),
    ]


def _identical(wiring: Wiring, http: httpx.Client, member_id: str) -> list[Figure]:
    before = _version(wiring, member_id)
    replies = _post(http, [_receipt(member_id, 900_001)] * IDENTICAL)
    counted = _version(wiring, member_id) - before
    return [
        Figure(6, f"{IDENTICAL} parallel identical purchases: counted beyond the first", counted - 1, 0, "purchases"),
        Figure(6, f"{IDENTICAL} parallel identical purchases: answers that differ from the first", len(set(replies)) - 1, 0, "answers"),
    ]


def _post(http: httpx.Client, receipts: list[dict[str, Any]]) -> list[tuple[int, str]]:
    with ThreadPoolExecutor(len(receipts)) as tills:
        return list(tills.map(lambda body: _send(http, body), receipts))


def _send(http: httpx.Client, body: dict[str, Any]) -> tuple[int, str]:
    """Status and text of the answer; status 0 where none came in time."""
    try:
        reply = http.post("/v1/purchases", json=body)
    except httpx.HTTPError as error:
        return 0, type(error).__name__
    return reply.status_code, reply.text


def _receipt(member_id: str, number: int) -> dict[str, Any]:
    return {**receipt({"member_id": member_id}, number, lines=3, occurred_at=datetime.now(UTC)), "reference": f"{member_id}-{number}"}


def _wiring(running: RunningStack) -> Wiring:
    """The product's objects in this process, on the running stack's tables."""
    tables = {f"TABLE_{context}": running.outputs[f"Table{context.capitalize()}"] for context in ("PROGRAM", "MEMBERS", "ACCOUNTS")}
    wiring = Wiring(Settings(tables), client=lambda _service: running.cloud.dynamodb)
    wiring.__dict__["member_directory"] = FakeDirectory()
    return wiring


def _member(wiring: Wiring) -> str:
    """A member whose account is open: one purchase was recorded, past the directory."""
    member_id = new_id("mem")
    command = RecordPurchase(
        purchase_id=derived_id("pur", member_id), source="benchmark", reference=member_id, store_id="1", channel="store",
        occurred_at=datetime.now(UTC), currency="CNY", lines=(Line("1", "", 1, 100),), actor="machine:benchmark",
    )  # fmt: skip
    wiring.accounts.record_purchase(Buyer(member_id), command, "benchmark")
    return member_id


def _version(wiring: Wiring, member_id: str) -> int:
    account = wiring.ledger.load(member_id)
    assert account is not None
    return account.version
