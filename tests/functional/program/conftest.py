"""What the programme's tests share: staff, and versions brought as far as a test needs them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from functions.program.handler import app
from regulars.aws.table import decode_item
from regulars.kernel.principal import Role
from regulars.wiring import Wiring
from tests.support.calls import Answer, Caller, staff

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ADMIN = Caller(app, staff(Role.ADMIN, "ada"))
MANAGER = Caller(app, staff(Role.MANAGER, "mei"))
VISITOR = Caller(app)
VERSIONS = "/v1/program/versions"


@dataclass(frozen=True, slots=True)
class Versions:
    """Takes versions through their life by HTTP."""

    admin: Caller = ADMIN
    manager: Caller = MANAGER

    def draft(self, key: str = "key-1", **content: Any) -> Answer:
        """A draft of the preset `five` unless told otherwise."""
        body = {"note": "More tiers", **(content or {"preset": "five"})}
        return self.admin.post(VERSIONS, body, headers={"Idempotency-Key": key})

    def submit(self, version: Answer) -> Answer:
        return self._step(self.admin, version, "submission")

    def approve(self, version: Answer) -> Answer:
        return self._step(self.manager, version, "approval", {})

    def publish(self, version: Answer, effective_from: str) -> Answer:
        return self._step(self.admin, version, "publication", {"effective_from": effective_from})

    def approved(self, key: str = "key-1", **content: Any) -> Answer:
        """A version that waits to be published."""
        return self.approve(self.submit(self.draft(key, **content)))

    @staticmethod
    def _step(caller: Caller, version: Answer, step: str, body: Any = None) -> Answer:
        path = f"{VERSIONS}/{version.json['version_id']}/{step}"
        return caller.post(path, body, headers={"If-Match": version.headers["etag"]})


@pytest.fixture
def versions(wiring: Wiring) -> Versions:
    """Versions on tables in memory."""
    return Versions()


def items(client: "DynamoDBClient") -> list[dict[str, Any]]:
    """Everything in the programme's table."""
    return [decode_item(item) for item in client.scan(TableName="program")["Items"]]
