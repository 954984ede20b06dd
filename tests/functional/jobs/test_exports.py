"""`/v1/exports`: the ledger of a period as files, by HTTP on the real store and a bucket in memory."""

import json
from itertools import count
from typing import Any

import pytest

from functions.export_ledger.handler import lambda_handler as export_ledger
from functions.jobs.handler import app
from regulars.kernel.principal import Role
from regulars.wiring import Wiring
from tests.functional.jobs.test_simulations import ANNA, BO, CHEN, Market
from tests.support.calls import Answer, Caller, staff
from tests.support.clock import MovableClock
from tests.support.files import MemoryFiles

ANALYST = Caller(app, staff(Role.ANALYST))


class Archive(Market):
    """The market, with a bucket and the worker of exports."""

    def __init__(self, wiring: Wiring, clock: MovableClock) -> None:
        super().__init__(wiring, clock)
        self.files = MemoryFiles()
        wiring.__dict__["files"] = self.files

    def export(self, first: str, last: str, key: str = "key-1") -> Answer:
        """Asks for an export."""
        return ANALYST.post("/v1/exports", {"first_day": first, "last_day": last}, headers={"Idempotency-Key": key})

    def run(self, job_id: str) -> list[dict[str, str]]:
        """Hands the job's message, and what it leads to, to the worker; answers what failed."""
        failed: list[dict[str, str]] = []
        self.queue.append({"detail": {"job_id": job_id}})
        while self.queue:
            record = {"messageId": "m1", "body": json.dumps(self.queue.pop(0))}
            failed += export_ledger({"Records": [record]}, None)["batchItemFailures"]
        return failed

    def lines(self, ended: dict[str, Any]) -> list[dict[str, Any]]:
        """The entries of all files."""
        keys = [url.partition("?")[0].removeprefix("memory://") for url in ended["urls"]]
        return [json.loads(line) for key in keys for line in self.files.stored[key].decode().splitlines()]


@pytest.fixture
def archive(wiring: Wiring, clock: MovableClock) -> Archive:
    """What was bought on two days."""
    made = Archive(wiring, clock)
    made.buy(ANNA, 900_00)
    made.buy(BO, 1_200_00)
    clock.move(days=1)
    made.buy(BO, 100_00)
    made.buy(CHEN, 50_50)
    clock.move(days=1)
    return made


def test_an_export_has_every_entry_of_its_days_in_full(archive: Archive) -> None:
    """One entry a line, each member's in order, in plain words; days outside are not in it."""
    asked = archive.export("2025-06-01", "2025-06-02")
    assert (202, "running", []) == (asked.status, asked.json["status"], asked.json["urls"])
    assert [] == archive.run(asked.json["export_id"])
    ended = ANALYST.get(asked.headers["location"]).json
    lines = archive.lines(ended)

    assert ("finished", 3, 4, 1) == (ended["status"], ended["members"], ended["entries"], len(ended["urls"]))
    assert [1, 2] == [line["version"] for line in lines if line["member_id"] == BO]
    first = next(line for line in lines if line["member_id"] == BO)
    assert ("purchase", 1200, "2025-06-01T04:01:00.000Z", "ordinary") == (
        first["kind"], first["balance_after"], first["recorded_at"], first["purchase"]["tier"],
    )  # fmt: skip
    assert [{"kind": "earn", "points": 1200, "lot": "2026-06-30", "rule": "base", "available_from": None, "is_debt": False}] == first[
        "postings"
    ]
    stored = archive.wiring.ledger.load(BO)
    assert stored
    assert stored.head_hash == [line["hash"] for line in lines if line["member_id"] == BO][-1]


def test_a_day_of_the_period_counts_by_when_it_was_recorded(archive: Archive) -> None:
    """Only the second day's entries."""
    asked = archive.export("2025-06-02", "2025-06-02")
    archive.run(asked.json["export_id"])
    ended = ANALYST.get(asked.headers["location"]).json
    assert {(BO, 2), (CHEN, 1)} == {(line["member_id"], line["version"]) for line in archive.lines(ended)}


def test_a_long_export_has_several_files(archive: Archive) -> None:
    """A slice is a file; the files together are the whole, and no file is empty."""
    ticks = count(0, 26.0)
    archive.wiring.exports.__dict__["_stopwatch"] = lambda: next(ticks)
    asked = archive.export("2025-06-01", "2025-06-02")
    assert [] == archive.run(asked.json["export_id"])
    ended = ANALYST.get(asked.headers["location"]).json
    assert (4, len(archive.files.stored)) == (len(archive.lines(ended)), len(ended["urls"]))
    assert len(ended["urls"]) > 1


def test_an_export_of_nothing_has_no_file(archive: Archive) -> None:
    """Days on which nothing was recorded."""
    asked = archive.export("2025-05-01", "2025-05-02")
    archive.run(asked.json["export_id"])
    assert ("finished", 0, []) == tuple(ANALYST.get(asked.headers["location"]).json[name] for name in ("status", "entries", "urls"))


def test_asking_again_answers_the_same_export(archive: Archive) -> None:
    """One request is one job; lists show it; what has ended is left alone; another period under the key is refused."""
    first, again, other = (
        archive.export("2025-06-01", "2025-06-02"),
        archive.export("2025-06-01", "2025-06-02"),
        archive.export("2025-06-01", "2025-06-01"),
    )

    assert (first.json["export_id"], "true") == (again.json["export_id"], again.headers["idempotent-replayed"])
    assert (422, "idempotency_mismatch") == (other.status, other.code)
    assert [] == archive.run(first.json["export_id"])
    ended = ANALYST.get(first.headers["location"]).text
    assert [] == archive.run(first.json["export_id"])
    assert ended == ANALYST.get(first.headers["location"]).text
    assert [first.json["export_id"]] == [item["id"] for item in ANALYST.get("/v1/exports").json["items"]]
    assert [] == archive.run("exp_none")
    assert 404 == ANALYST.get("/v1/exports/exp_none").status


@pytest.mark.parametrize(
    ("first", "last"), [("2025-06-02", "2025-06-01"), ("2025-06-01", "2025-06-09"), ("2024-05-01", "2025-06-01")], ids=str
)
def test_a_period_that_does_not_fit_is_refused(archive: Archive, first: str, last: str) -> None:
    """Backwards, in the future, or longer than a year."""
    assert {"last_day": "period_unfit"} == archive.export(first, last).fields


def test_a_message_that_is_none_is_given_back(archive: Archive) -> None:
    """It ends in the dead-letter queue, where somebody sees it."""
    record = {"messageId": "m1", "body": "{}"}
    assert {"batchItemFailures": [{"itemIdentifier": "m1"}]} == export_ledger({"Records": [record]}, None)
