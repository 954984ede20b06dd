"""Members, balances and purchases come in as files and the ledger goes out as files, on the running stack: through the bucket, the bus,
the queues and the workers, as another system does it."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from regulars.kernel.clock import business_date, instant_text
from regulars.members.importing import imported_member_id
from regulars_local.jobs import failed_count
from regulars_local.recounting import recount
from regulars_local.running import RunningStack

WAIT_SECONDS = 60.0
SOURCE = "old-shop"
LEI, ANNA = imported_member_id(SOURCE, "77"), imported_member_id(SOURCE, "78")

MEMBERS = """\ufeffreference,name,phone,email,language,terms_version,privacy_version,accepted_at\r
77,"Li, Lei",13900139077,,zh-CN,2019,2019,2019-05-01T00:00:00Z\r
78,Anna,,anna.imported@example.com,en,,,\r
79,Nobody,123,,,,,\r
\r
"""
BALANCES = [
    {"reference": "b77", "member_reference": "77", "points": 500},
    {"reference": "b78", "member_reference": "78", "points": 20, "expires_on": "2999-12-31"},
    {"reference": "b80", "member_reference": "80", "points": 1},
    {"reference": "b81", "member_reference": "77", "points": -1},
]


class Exchange:
    """Another system that asks for imports and exports, uploads and downloads."""

    def __init__(self, stack: RunningStack, importer: httpx.Client, analyst: httpx.Client) -> None:
        self.stack = stack
        self.importer = importer
        self.analyst = analyst
        self.now = stack.clock.now()

    def purchases(self, amount: str = "1000.00") -> str:
        """Purchases as CSV: of two members, before today; the last line has no article number."""
        moments = [instant_text(self.now - timedelta(days=days)) for days in (2, 1)]
        return "\n".join([
            "reference,member_reference,store_id,currency,occurred_at,amount,sku",
            f"p1,77,s1,CNY,{moments[0]},{amount.replace('.', '')},tea",
            f"p2,78,s1,CNY,{moments[1]},5000,cup",
            "p3,77,s1,CNY,yesterday,100,tea",
            f"p4,77,s1,EUR,{moments[1]},100,tea",
            f"p5,77,s1,CNY,{moments[1]},100",
            f"p6,78,s1,CNY,{moments[1]},250,",
        ])  # fmt: skip

    def begin(self, kind: str, text: str, form: str, key: str) -> str:
        """Asks, uploads and starts; where the import is found."""
        body = {"kind": kind, "format": form, "source": SOURCE}
        asked = self.importer.post("/v1/imports", json=body, headers={"Idempotency-Key": key})
        assert (202, "waiting") == (asked.status_code, asked.json()["status"]), asked.text
        httpx.put(asked.json()["upload_url"], content=text.encode(), trust_env=False).raise_for_status()
        self.importer.post(f"{asked.headers['location']}/start").raise_for_status()
        return str(asked.headers["location"])

    def result(self, path: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The import at its end, and what became of each line."""
        ended = _ended(self.importer, path)
        return ended, [line for part in ended["results"] for line in _lines(part["url"])]

    def bring(self, kind: str, text: str, form: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A whole import."""
        return self.result(self.begin(kind, text, form, kind))

    def export(self, key: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The ledger of today: the export at its end, and its entries."""
        zone = self.analyst.get("/v1/program").json()["programme"]["time_zone"]
        today = business_date(self.now, zone).isoformat()
        asked = self.analyst.post("/v1/exports", json={"first_day": today, "last_day": today}, headers={"Idempotency-Key": key})
        assert 202 == asked.status_code, asked.text
        ended = _ended(self.analyst, asked.headers["location"])
        return ended, [line for url in ended["urls"] for line in _lines(url)]

    def statement(self, member_id: str) -> list[dict[str, Any]]:
        """All entries of a member, the oldest first."""
        page = self.analyst.get(f"/v1/members/{member_id}/points/entries", params={"limit": 100}).json()
        assert page["next_cursor"] is None
        return list(page["items"])[::-1]


def _ended(client: httpx.Client, path: str) -> dict[str, Any]:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        job: dict[str, Any] = client.get(path).raise_for_status().json()
        if job["status"] == "finished":
            return job
        time.sleep(0.2)
    raise AssertionError(f"{path} did not end: {job}")


def _lines(url: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in httpx.get(url, trust_env=False).raise_for_status().text.splitlines()]


@pytest.fixture(scope="module")
def exchange(stack: RunningStack) -> Iterator[Exchange]:
    """The importer's client, and somebody who may read the ledger."""
    with stack.client(stack.machine_token("importer")) as importer, stack.client(stack.staff_token("manager")) as analyst:
        yield Exchange(stack, importer, analyst)


def test_another_systems_members_balances_and_purchases_come_in_and_the_ledger_goes_out(exchange: Exchange) -> None:
    """Each line once, wrong lines refused one by one with their reasons; the export is what the members' statements say."""
    ended, results = exchange.bring("members", MEMBERS, "csv")
    assert [("recorded", LEI), ("recorded", ANNA), ("refused", None)] == [(line["status"], line.get("id")) for line in results]
    assert ("phone_invalid", "phone") == (results[2]["code"], results[2]["field"])
    assert (3, 2, 0, 1) == _counts(ended)

    balances = "\n".join(map(json.dumps, BALANCES))
    ended, results = exchange.bring("opening_balances", balances, "jsonl")
    assert ["", "", "member_not_found", "greater_than_equal"] == [line.get("code", "") for line in results]
    assert (4, 2, 0, 2) == _counts(ended)

    ended, results = exchange.bring("purchases", exchange.purchases(), "csv")
    codes = [line.get("code", "") for line in results]
    assert ["", "", "datetime_parsing", "currency_not_accepted", "unreadable_line", ""] == codes
    assert (6, 3, 0, 3) == _counts(ended)
    lei, anna = exchange.statement(LEI), exchange.statement(ANNA)
    assert [("opening_balance", 500), ("purchase", 1000)] == [(entry["kind"], entry["points"]) for entry in lei]
    assert [("opening_balance", 20), ("purchase", 50), ("purchase", 2)] == [(entry["kind"], entry["points"]) for entry in anna]

    _nothing_changes_when_the_files_come_again(exchange, balances)
    assert (lei, anna) == (exchange.statement(LEI), exchange.statement(ANNA))

    ended, entries = exchange.export("today")
    assert ended["entries"] == len(entries)
    ours = {member_id: [entry for entry in entries if entry["member_id"] == member_id] for member_id in (LEI, ANNA)}
    for member_id, statement in ((LEI, lei), (ANNA, anna)):
        assert [_comparable(entry) for entry in statement] == [_comparable(entry) for entry in ours[member_id]]
    assert 0 == failed_count(exchange.stack)


def test_the_books_are_made_whole_from_the_ledger(exchange: Exchange, capsys: pytest.CaptureFixture[str]) -> None:
    """By the deployed function, whatever the stream has brought by then: asked twice, the second time nothing is missing."""
    recount(exchange.stack, "en")
    assert "entries looked at" in capsys.readouterr().out
    recount(exchange.stack, "en")
    assert " 0 of them" in capsys.readouterr().out


def _nothing_changes_when_the_files_come_again(exchange: Exchange, balances: str) -> None:
    """All at once; a purchase whose amount is another now is refused as such."""
    files = {"members": (MEMBERS, "csv"), "opening_balances": (balances, "jsonl"), "purchases": (exchange.purchases("2000.00"), "csv")}
    paths = [exchange.begin(kind, text, form, f"{kind}-again") for kind, (text, form) in files.items()]
    ended = [exchange.result(path) for path in paths]
    assert [(0, 2), (0, 2), (0, 2)] == [(each["recorded"], each["replayed"]) for each, _ in ended]
    assert "idempotency_mismatch" == ended[2][1][0]["code"]


def _counts(ended: dict[str, Any]) -> tuple[int, int, int, int]:
    assert ended["bytes_read"] == ended["bytes_in_all"] > 0
    return ended["lines"], ended["recorded"], ended["replayed"], ended["refused"]


def _comparable(entry: dict[str, Any]) -> tuple[Any, ...]:
    names = ("entry_id", "version", "kind", "program_version", "effective_at", "recorded_at", "actor", "balance_after", "hash")
    return *(entry[name] for name in names), sum(part["points"] for part in entry["postings"]), len(entry["postings"])
