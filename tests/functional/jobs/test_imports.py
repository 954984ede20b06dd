"""`/v1/imports`: members, opening balances and purchases from files, line by line, on the real stores and a bucket in memory."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from functions.accounts.handler import app as accounts_app
from functions.import_lines.handler import lambda_handler as import_lines
from functions.jobs.handler import app
from functions.registrations.handler import app as registrations_app
from regulars.accounts.jobs.service import message_of
from regulars.aws.queues import JsonQueue
from regulars.kernel.errors import UnavailableError
from regulars.kernel.principal import Role, Scope
from regulars.members.importing import imported_member_id
from regulars.wiring import Wiring
from tests.support.books import gaps
from tests.support.calls import Answer, Caller, machine, staff
from tests.support.files import MemoryFiles
from tests.support.installation import Installation, installation
from tests.support.members import PASSWORD
from tests.support.queues import QueueClient

ADMIN = Caller(app, staff(Role.ADMIN))
IMPORTER = Caller(app, machine(Scope.PURCHASES_IMPORT, client_id="importer"))
CLERK = Caller(accounts_app, staff(Role.CLERK))

MEMBERS = """reference,name,phone,email,birth_date,language,terms_version,privacy_version,accepted_at,marketing
77,李雷,13800138077,,1990-05-01,zh-CN,2019,2019,2019-05-01T00:00:00Z,sms;email
78,Anna,,anna@example.com,,en,,,,
79,Nobody,123,,,,,,,
"""


class Office:
    """An installation with a bucket, and the worker's queue."""

    def __init__(self, installed: Installation, files: MemoryFiles) -> None:
        self.wiring: Wiring = installed.wiring
        self.files = files
        self.queue: list[dict[str, Any]] = []
        self._keys = count()
        for built in ("imports", "exports"):
            self.wiring.__dict__.pop(built, None)
        self.wiring.__dict__["files"] = files
        self.wiring.__dict__["job_queue"] = JsonQueue(QueueClient(self.queue), "queue", message_of)

    def begin(self, kind: str, text: str | bytes, format_: str = "csv", caller: Caller = ADMIN, source: str = "old") -> Answer:
        """Begins an import of a file that is in the bucket."""
        number = next(self._keys)
        self.files.write(f"uploads/{number}", text.encode() if isinstance(text, str) else text)
        body = {"kind": kind, "format": format_, "source": source, "key": f"uploads/{number}"}
        return caller.post("/v1/imports", body, headers={"Idempotency-Key": f"k{number}"})

    def work(self, job_id: str) -> list[dict[str, str]]:
        """Hands the job's message, and what it leads to, to the worker; answers what failed."""
        failed: list[dict[str, str]] = []
        self.queue.append({"detail": {"job_id": job_id}})
        while self.queue:
            record = {"messageId": "m1", "body": json.dumps(self.queue.pop(0))}
            failed += import_lines({"Records": [record]}, None)["batchItemFailures"]
        return failed

    def run(self, kind: str, text: str | bytes, **options: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Imports a file; answers the import and its results."""
        begun = self.begin(kind, text, **options)
        assert 202 == begun.status, begun.text
        assert [] == self.work(begun.json["import_id"])
        ended = ADMIN.get(begun.headers["location"]).json
        return ended, self.results(ended)

    def results(self, ended: dict[str, Any]) -> list[dict[str, Any]]:
        """The results of all parts, in order."""
        texts = [self.files.stored[part["url"].partition("?")[0].removeprefix("memory://")].decode() for part in ended["results"]]
        return [json.loads(line) for text in texts for line in text.splitlines()]


@pytest.fixture
def office(aws_credentials: None) -> Iterator[Office]:
    """A fresh installation."""
    with installation() as installed:
        yield Office(installed, MemoryFiles())


def test_members_come_in_as_active_and_prove_their_contact_at_the_first_log_in(office: Office) -> None:
    """One line a member; consents are the file's; nobody is written to; a code to the contact lets them set a password."""
    ended, results = office.run("members", MEMBERS)

    assert ("finished", 3, 2, 0, 1) == tuple(ended[name] for name in ("status", "lines", "recorded", "replayed", "refused"))
    assert [
        {"line": 1, "status": "recorded", "id": imported_member_id("old", "77")},
        {"line": 2, "status": "recorded", "id": imported_member_id("old", "78")},
        {"line": 3, "status": "refused", "code": "phone_invalid", "field": "phone"},
    ] == results
    member = office.wiring.member_store.find(imported_member_id("old", "77"))
    assert member
    assert ("active", "2019", {"sms", "email"}, 5) == (
        member.status, member.accepted.terms_version, set(member.marketing), member.birth_month,
    )  # fmt: skip
    registration = office.wiring.registration_store.find(member.registration_id)
    assert registration
    assert {f"import:{ended['import_id']}"} == {step.actor for step in registration.steps}
    public = Caller(registrations_app)
    asked = public.post("/v1/password-resets", {"identifier": "+8613800138077"})
    reset = office.wiring.password_resets.store.find(asked.json["reset_id"])
    assert reset
    assert member.member_id == reset.member_id


@pytest.mark.requirement("TIER-14")
def test_members_keep_the_tier_that_the_other_system_gave_them(office: Office) -> None:
    """A tier of the programme is taken over and the first purchase earns by it; an unknown one is refused by its field."""
    lines = "reference,name,phone,tier\n1,李雷,13800138001,gold\n2,韩梅,13800138002,\n3,王五,13800138003,copper\n"
    _ended, results = office.run("members", lines)
    assert {"line": 3, "status": "refused", "code": "unknown_tier", "field": "tier"} == results[2]
    brought = [office.wiring.member_store.find(imported_member_id("old", reference)) for reference in "12"]
    assert ["gold", "ordinary"] == [member.tier_at_start for member in brought if member]

    bought = {"store_id": "s1", "currency": "CNY", "occurred_at": "2024-12-01T10:00:00+08:00", "member_reference": "1"}
    office.run("purchases", json.dumps({**bought, "reference": "p1", "amount": 100_00}), format_="jsonl", caller=IMPORTER)
    (entry,) = office.wiring.accounts.entries(imported_member_id("old", "1"), 10, None).items
    assert entry.purchase
    assert ("gold", 150) == (entry.purchase.tier, entry.purchase.points)


def test_purchases_and_balances_follow_by_the_members_own_reference(office: Office) -> None:
    """Opening balances keep their end; purchases earn as at their moment; both are the member's who came by the same source."""
    office.run("members", MEMBERS)
    balances = "reference,member_reference,points,expires_on\nb1,77,500,2025-12-31\nb2,77,20,\nb3,99,5,\nb4,77,5,2001-01-01\n"
    ended, results = office.run("opening_balances", balances)
    assert ["recorded", "recorded", "refused", "refused"] == [result["status"] for result in results]
    assert ["member_not_found", "expiry_in_past"] == [result["code"] for result in results[2:]]
    assert (2, 2) == (ended["recorded"], ended["refused"])

    purchase = {"store_id": "s1", "currency": "CNY", "occurred_at": "2024-12-01T10:00:00+08:00", "member_reference": "77"}
    lines = [
        json.dumps({**purchase, "reference": "p1", "lines": [{"sku": "tea", "amount": 80_00}, {"sku": "cup", "amount": 20_00}]}),
        json.dumps({**purchase, "reference": "p2", "amount": 50_00}),
        json.dumps({**purchase, "reference": "p3"}),
        json.dumps({**purchase, "reference": "p4", "amount": 1, "member_id": "mem_x"}),
        "[1]",
        "",
        "{" + " " * 70_000 + "}",
    ]
    ended, results = office.run("purchases", "\n".join(lines), format_="jsonl", caller=IMPORTER)
    assert ["recorded", "recorded", "refused", "refused", "refused", "refused"] == [result["status"] for result in results]
    assert ["one_of", "one_of", "unreadable_line", "unreadable_line"] == [result["code"] for result in results[2:]]
    points = CLERK.get(f"/v1/members/{imported_member_id('old', '77')}/points").json
    assert (500 + 20 + 150, 150) == (points["available"], points["lifetime_points"])
    assert [] == gaps(office.wiring.ledger_check)


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    """Each line has its own reference: it is a replay, or refused where its content is another."""
    office.run("members", MEMBERS)
    rows = "reference,member_reference,store_id,currency,occurred_at,amount\np1,77,s1,CNY,2025-05-01T10:00:00Z,1000\n"
    office.run("purchases", rows)
    ended, results = office.run("purchases", rows + "p1,77,s1,CNY,2025-05-01T10:00:00Z,2000\n")
    again, _ = office.run("members", MEMBERS)

    assert (1, 1, "idempotency_mismatch") == (ended["replayed"], ended["refused"], results[1]["code"])
    assert (0, 2, 1) == (again["recorded"], again["replayed"], again["refused"])


def test_a_long_import_goes_on_slice_by_slice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every range ends the slice here: results lie in parts, in order, and no line is lost or done twice."""
    office.run("members", MEMBERS)
    monkeypatch.setattr("regulars.accounts.jobs.imports.CHUNK_BYTES", 150)
    ticks = count(0, 26.0)
    office.wiring.imports.__dict__["_stopwatch"] = lambda: next(ticks)
    rows = [f"p{number},77,s1,CNY,2025-05-01T10:00:00Z,{number}00" for number in range(1, 21)]
    ended, results = office.run("purchases", "\n".join(["reference,member_reference,store_id,currency,occurred_at,amount", *rows]))

    assert ("finished", 20, 20) == (ended["status"], ended["lines"], ended["recorded"])
    assert ended["bytes_read"] == ended["bytes_in_all"]
    assert len(ended["results"]) > 3
    assert list(range(1, 21)) == [result["line"] for result in results]


@pytest.mark.parametrize("gap", ["\n\n", "\n\n\n\n", "\r\n\r\n", "\nx\n"], ids=repr)
@pytest.mark.parametrize("end", ["", "\n", "\n\n"], ids=repr)
def test_blank_lines_are_no_lines_and_the_import_ends(office: Office, gap: str, end: str) -> None:
    """Between lines, at the end and of one character: every byte is read once."""
    lines = ["reference,member_reference,points,expires_on", "b1,77,5,", "b2,77,5,", "b3,77,5,"]
    ended, results = office.run("opening_balances", lines[0] + "\n" + gap.join(lines[1:]) + end)
    assert "finished" == ended["status"]
    assert ended["bytes_read"] == ended["bytes_in_all"]
    assert 3 == sum(result["status"] == "refused" and result["code"] == "member_not_found" for result in results)
    assert list(range(1, 4 + 2 * gap.count("x"))) == [result["line"] for result in results]


def test_a_line_longer_than_a_range_is_refused_and_the_rest_goes_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, and its end is not taken for a line of its own, however much it looks like one."""
    office.run("members", MEMBERS)
    monkeypatch.setattr("regulars.accounts.jobs.imports.CHUNK_BYTES", 200)
    good = '{"reference":"b1","member_reference":"77","points":5}'
    ended, results = office.run("opening_balances", "x" * 400 + good + "\n" + good, format_="jsonl")
    assert [("refused", "unreadable_line"), ("recorded", None)] == [(result["status"], result.get("code")) for result in results]
    assert (1, ended["bytes_in_all"]) == (ended["recorded"], ended["bytes_read"])


def test_a_file_is_uploaded_to_a_signed_address_and_then_started(office: Office) -> None:
    """Without a key the import waits and says where to PUT the file; started before it is there, it is refused."""
    body = {"kind": "members", "format": "csv", "source": "old"}
    begun = ADMIN.post("/v1/imports", body, headers={"Idempotency-Key": "a"}).json
    path = f"/v1/imports/{begun['import_id']}"

    assert ("waiting", f"memory://uploads/{begun['import_id']}?3600") == (begun["status"], begun["upload_url"])
    assert (422, {"key": "import_file_missing"}) == ((early := ADMIN.post(f"{path}/start")).status, early.fields)
    office.files.write(begun["key"], MEMBERS.encode())
    assert (202, "running", None) == ((started := ADMIN.post(f"{path}/start")).status, started.json["status"], started.json["upload_url"])
    assert started.text == ADMIN.post(f"{path}/start").text
    assert [] == office.work(begun["import_id"])
    assert 2 == ADMIN.get(path).json["recorded"]
    assert begun["import_id"] == ADMIN.get("/v1/imports").json["items"][0]["id"]


def test_what_cannot_be_imported_is_refused_at_once(office: Office) -> None:
    """A key elsewhere, a file that is not there or too large; nothing is kept."""
    body = {"kind": "members", "format": "csv", "source": "old"}

    def begin(key: str) -> Answer:
        return ADMIN.post("/v1/imports", {**body, "key": key}, headers={"Idempotency-Key": key})

    before = ADMIN.get("/v1/imports").json["items"]
    office.files.sizes["uploads/large"] = 600 * 1024**2
    assert [{"key": "import_key"}, {"key": "import_file_missing"}, {"key": "import_too_large"}] == [
        begin(key).fields for key in ("results/x", "uploads/none", "uploads/large")
    ]
    assert before == ADMIN.get("/v1/imports").json["items"]


def test_beginning_again_answers_the_same_import(office: Office) -> None:
    """The key of the request is what makes it one."""
    body = {"kind": "members", "format": "csv", "source": "old"}
    first, again = (ADMIN.post("/v1/imports", body, headers={"Idempotency-Key": "a"}) for _ in range(2))
    other = ADMIN.post("/v1/imports", {**body, "source": "new"}, headers={"Idempotency-Key": "a"})

    assert (first.json["import_id"], "true") == (again.json["import_id"], again.headers["idempotent-replayed"])
    assert (422, "idempotency_mismatch") == (other.status, other.code)


def test_a_store_that_does_not_answer_is_asked_again_later(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice ends before the line that could not be recorded now; with no line done the message goes back."""
    begun = office.begin("members", MEMBERS)
    real = office.wiring.member_imports

    class Failing:
        def bring(self, _command: Any) -> Any:
            raise UnavailableError(retry_after_seconds=1)

    office.wiring.__dict__["member_imports"] = Failing()
    assert [{"itemIdentifier": "m1"}] == office.work(begun.json["import_id"])
    office.wiring.__dict__["member_imports"] = real
    assert [] == office.work(begun.json["import_id"])
    assert 2 == ADMIN.get(begun.headers["location"]).json["recorded"]


def test_an_import_that_has_ended_is_left_alone(office: Office) -> None:
    """A message that comes twice changes nothing; one of no import is nothing."""
    ended, _ = office.run("members", MEMBERS)
    assert [] == office.work(ended["import_id"])
    assert [] == office.work("imp_none")
    assert 404 == ADMIN.get("/v1/imports/imp_none").status


def test_a_contact_that_is_another_members_is_refused(office: Office) -> None:
    """One contact belongs to one member; somebody who joined here keeps it."""
    _, results = office.run("members", "reference,name,phone\n1,A,13800138077\n2,B,13800138077\n")
    assert ["recorded", "refused"] == [result["status"] for result in results]
    assert "contact_already_member" == results[1]["code"]
    assert PASSWORD
