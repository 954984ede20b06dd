"""A whole installation in one process: every HTTP function on real tables in memory, and one of each thing that a path can name."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

from functions.accounts.handler import app as accounts_app
from functions.jobs.handler import app as jobs_app
from functions.program.handler import app as program_app
from functions.registrations.handler import app as registrations_app
from functions.service.handler import app as service_app
from regulars.aws.http import HttpApp
from regulars.aws.secrets import KeyRing
from regulars.aws.table import Item, decode_item
from regulars.kernel.principal import Role, Scope
from regulars.kernel.retry import Patience
from regulars.members.codes import verification_code
from regulars.settings import Settings
from regulars.wiring import Wiring, use
from regulars_local.generate import http_apps
from tests.support.calls import Answer, Caller, machine, member, staff
from tests.support.clock import MovableClock
from tests.support.files import MemoryFiles
from tests.support.identity import FakeIdentity
from tests.support.members import PASSWORD, UNLIMITED, form
from tests.support.memory import MemoryKms
from tests.support.program import counting_ids
from tests.support.schema import table_schemas

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class StrictClient:
    """A client of DynamoDB that refuses what DynamoDB refuses and moto takes: keys that are empty or too long, foreign start keys."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_item(self, **request: Any) -> Any:
        """A read whose key is checked first."""
        _require(_fits(request["Key"]))
        return self._client.get_item(**request)

    def query(self, **request: Any) -> Any:
        """A query whose keys are checked first."""
        values = [value["S"] for value in request["ExpressionAttributeValues"].values() if "S" in value]
        _require(all(0 < len(value.encode()) <= 1024 for value in values))
        start = request.get("ExclusiveStartKey")
        if start is not None:
            schema = table_schemas()[request["TableName"]]
            index = next(
                (found for found in schema.get("GlobalSecondaryIndexes", ()) if found["IndexName"] == request.get("IndexName")), None
            )
            wanted = {key["AttributeName"] for keys in (schema["KeySchema"], index["KeySchema"] if index else ()) for key in keys}
            hash_key = (index or schema)["KeySchema"][0]["AttributeName"]
            _require(set(start) == wanted and start[hash_key]["S"] in values and _fits(start))
        return self._client.query(**request)


def _fits(key: dict[str, dict[str, str]]) -> bool:
    return all(0 < len(value["S"].encode()) <= (2048 if name == "pk" else 1024) for name, value in key.items())


def _require(fits: object) -> None:
    if not fits:
        raise ClientError({"Error": {"Code": "ValidationException", "Message": "One or more parameter values are not valid"}}, "Query")


class InstalledWiring(Wiring):
    """Tables in memory, keys and identities in memory, no waiting."""

    identity: Any = None
    patience = Patience(lambda _seconds: None, lambda: 0.0)
    keys = KeyRing(lambda: '{"root": "a root for tests"}')


@dataclass(frozen=True, slots=True)
class Installation:
    """The functions, their tables, and the ids of what is there."""

    wiring: Wiring
    client: "DynamoDBClient"
    apps: dict[str, HttpApp]
    ids: dict[str, str]

    def contents(self) -> dict[str, list[Item]]:
        """Everything in every table, without the counters of rate limits: to be counted is no change."""
        return {name: sorted(self._items(name), key=lambda item: (item["pk"], item["sk"])) for name in table_schemas()}

    def _items(self, table: str) -> Iterator[Item]:
        for page in self.client.get_paginator("scan").paginate(TableName=table):
            yield from (item for item in map(decode_item, page["Items"]) if "LIMIT" not in item["pk"])


@contextmanager
def installation() -> Iterator[Installation]:
    """A fresh installation; credentials of moto's kind have to be in the environment."""
    with mock_aws():
        client = boto3.client("dynamodb")
        for schema in table_schemas().values():
            client.create_table(**schema)
        settings = {f"TABLE_{context.upper()}": context for context in table_schemas()} | {"DATA_KEY_ID": "key"}
        limits = {f"LIMIT_{name.upper()}": str(limit) for name, limit in UNLIMITED.items()}
        clients: dict[str, Any] = {"dynamodb": StrictClient(client), "kms": MemoryKms()}
        wiring = InstalledWiring(Settings(settings | limits), clock=MovableClock(), new_id=counting_ids(), client=clients.__getitem__)
        wiring.identity = FakeIdentity()
        wiring.__dict__["files"] = MemoryFiles()
        with use(wiring):
            yield Installation(wiring, client, {app.function: app for app in http_apps()}, _furnish(wiring))


def _furnish(wiring: Wiring) -> dict[str, str]:
    """One of each thing: a member, an application, a purchase, feedback, a draft, a reset."""
    public, till, admin = (
        Caller(registrations_app),
        Caller(accounts_app, machine(Scope.PURCHASES_WRITE)),
        Caller(program_app, staff(Role.ADMIN)),
    )
    ids = {"registration_id": _created(public.post("/v1/registrations", form()))["registration_id"]}
    path = f"/v1/registrations/{ids['registration_id']}"
    code = verification_code(wiring.keys, ids["registration_id"], 1)
    _created(public.post(f"{path}/verification", {"code": code}))
    ids["member_id"] = _created(public.post(f"{path}/password", {"password": PASSWORD}))["member_id"]
    lines = [{"sku": "milk", "category": "food", "quantity": 1, "amount": 1000}]
    purchase = {
        "source": "till-1", "reference": "r-1", "member_id": ids["member_id"], "store_id": "s1", "currency": "CNY", "lines": lines,
        "occurred_at": "2025-06-01T03:00:00Z",
    }  # fmt: skip
    bought = _created(till.post("/v1/purchases", purchase))
    ids |= {name: bought[name] for name in ("purchase_id", "entry_id")}
    ids |= _use(ids["member_id"], till)
    said = {"channel": "app", "kind": "suggestion", "text": "More tea"}
    ids["feedback_id"] = _created(
        Caller(service_app, member(ids["member_id"])).post("/v1/me/feedback", said, headers={"Idempotency-Key": "f"})
    )["feedback_id"]
    draft = {"preset": "five", "note": "More tiers"}
    ids["version_id"] = _created(admin.post("/v1/program/versions", draft, headers={"Idempotency-Key": "v"}))["version_id"]
    period = {"first_day": "2025-06-01", "last_day": "2025-06-01"}
    tried = Caller(jobs_app, staff(Role.MARKETER)).post(
        f"/v1/program/versions/{ids['version_id']}/simulation", period, headers={"Idempotency-Key": "s"}
    )
    ids["simulation_id"] = _created(tried)["simulation_id"]
    begun = {"kind": "members", "format": "csv", "source": "old"}
    jobs = Caller(jobs_app, staff(Role.ADMIN))
    ids["import_id"] = _created(jobs.post("/v1/imports", begun, headers={"Idempotency-Key": "i"}))["import_id"]
    ids["export_id"] = _created(jobs.post("/v1/exports", period, headers={"Idempotency-Key": "e"}))["export_id"]
    ids["reset_id"] = _created(public.post("/v1/password-resets", {"identifier": form()["phone"]}))["reset_id"]
    return ids


def _use(member_id: str, till: Caller) -> dict[str, str]:
    """A refund, a hold, a redemption and a request for a second person."""
    desk = Caller(accounts_app, machine(Scope.CHECKOUT_WRITE))
    fact = {"source": "till-1", "reference": "u-1"}
    refund = {**fact, "purchase_source": "till-1", "purchase_reference": "r-1", "amount": 100}
    use = {**fact, "member_id": member_id, "points": 1}
    request = {"points": 5000, "reason_code": "goodwill"}
    manager, key = Caller(accounts_app, staff(Role.MANAGER)), {"Idempotency-Key": "a"}
    return {
        "refund_id": _created(till.post("/v1/refunds", refund))["refund_id"],
        "hold_id": _created(desk.post("/v1/holds", use))["hold_id"],
        "redemption_id": _created(desk.post("/v1/redemptions", {**use, "purpose": "gift"}))["redemption_id"],
        "approval_id": _created(manager.post(f"/v1/members/{member_id}/adjustments", request, headers=key))["approval_id"],
    }


def _created(answer: Answer) -> dict[str, Any]:
    assert answer.status < 300, answer.text
    content: dict[str, Any] = json.loads(answer.text)
    return content
