"""Joining in process: handlers on a table, keys and an identity service in memory, and one person's walk through it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.members.handler import app as members_app
from functions.registrations.handler import app as registrations_app
from regulars.aws.secrets import KeyRing
from regulars.aws.table import Table
from regulars.kernel.principal import Principal, Role
from regulars.kernel.retry import Patience
from regulars.members.codes import verification_code
from regulars.program.model import Programme, ProgrammeHistory, ProgrammeVersion
from regulars.program.presets import preset_version
from regulars.settings import Settings
from regulars.wiring import Wiring, use
from tests.support.calls import Answer, Caller, member, staff
from tests.support.clock import MovableClock
from tests.support.identity import FakeIdentity
from tests.support.memory import MemoryKms, MemoryTable
from tests.support.program import counting_ids

PHONE = "+8613800138000"
EMAIL = "lin@example.com"
PASSWORD = "four-quiet-otters"


def form(**parts: Any) -> dict[str, Any]:
    """A form as a website sends it; a part that is `...` is left out."""
    filled = {
        "channel": "website",
        "name": "林小满",
        "phone": PHONE,
        "language": "zh-CN",
        "terms_version": "1",
        "privacy_version": "1",
        "information_is_true": True,
    }
    return {name: value for name, value in {**filled, **parts}.items() if value is not ...}


class FixedProgram:
    """The programme's versions as a test wants them; the preset until it says otherwise."""

    def __init__(self) -> None:
        self.versions = [preset_version()]

    def history(self) -> ProgrammeHistory:
        return ProgrammeHistory(tuple(self.versions))

    def publish(self, effective_from: datetime, **parts: Any) -> None:
        """Puts the newest version, with whole parts replaced, in force from an instant."""
        newest = self.versions[-1]
        programme = Programme.model_validate_json(json.dumps({**newest.programme.model_dump(mode="json"), **parts}))
        self.versions.append(ProgrammeVersion(number=newest.number + 1, effective_from=effective_from, programme=programme))


@dataclass
class Premises:
    """Everything a person meets when joining, in one process."""

    wiring: Wiring
    clock: MovableClock
    identity: FakeIdentity
    program: FixedProgram
    table: MemoryTable
    kms: MemoryKms
    public: Caller = field(default_factory=lambda: Caller(registrations_app))

    def publish(self, **parts: Any) -> None:
        """Puts a new version of the programme in force from now on, with whole parts replaced."""
        self.program.publish(self.clock(), **parts)

    def staff(self, role: Role) -> Caller:
        """Somebody of the staff at the members' function."""
        return Caller(members_app, staff(role))

    def as_member(self, member_id: str) -> Caller:
        """A member who is logged in."""
        return Caller(members_app, member(member_id))

    def caller(self, principal: Principal) -> Caller:
        """Anybody at the members' function."""
        return Caller(members_app, principal)

    def submit(self, **parts: Any) -> str:
        """A form that is accepted; answers the registration's id."""
        answer = self.public.post("/v1/registrations", form(**parts))
        assert answer.status == 202, answer.text
        return str(answer.json["registration_id"])

    def code(self, registration_id: str) -> str:
        """The code that the applicant was sent last."""
        registration = self.wiring.registration_store.find(registration_id)
        assert registration is not None
        return verification_code(self.wiring.keys, registration_id, registration.code.attempt)

    def verify(self, registration_id: str, code: str | None = None) -> Answer:
        """Enters a code, the right one unless another is given."""
        return self.public.post(f"/v1/registrations/{registration_id}/verification", {"code": code or self.code(registration_id)})

    def set_password(self, registration_id: str, password: str = PASSWORD) -> Answer:
        """Sets the password."""
        return self.public.post(f"/v1/registrations/{registration_id}/password", {"password": password})

    def join(self, **parts: Any) -> str:
        """The whole way; answers the member's id."""
        registration_id = self.submit(**parts)
        assert self.verify(registration_id).status == 200
        answer = self.set_password(registration_id)
        assert answer.status == 200, answer.text
        return str(answer.json["member_id"])

    def log_in(self, identifier: str = PHONE, password: str = PASSWORD, **options: Any) -> Answer:
        """Logs in."""
        return self.public.post("/v1/sessions", {"identifier": identifier, "password": password}, **options)

    def items(self) -> list[dict[str, Any]]:
        """Everything in the members' table."""
        return self.table.items

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The events that were let out, in order of the items' keys; of one type where one is named."""
        texts = [text for item in self.items() for text in item.get("events", ())]
        events = [json.loads(text) for text in texts]
        return [event["detail"] for event in events if kind in {None, event["type"]}]


class RegisteringWiring(Wiring):
    """A wiring whose cloud is in memory, with a programme that a test changes, and without waiting."""

    members_table: MemoryTable
    identity: Any = None
    program: Any = None
    patience = Patience(lambda _seconds: None, lambda: 0.0)
    keys = KeyRing(lambda: '{"root": "a root for tests"}')

    def table(self, context: str) -> Table:
        assert context == "members", "the members' functions write to their own table"
        return self.members_table


@contextmanager
def premises(clock: MovableClock, **limits: int) -> Iterator[Premises]:
    """Fresh premises; `limits` are limits by name, out of the way unless given."""
    kms = MemoryKms()
    environment = {"DATA_KEY_ID": "key", **{f"LIMIT_{name.upper()}": str(limit) for name, limit in {**UNLIMITED, **limits}.items()}}
    wiring = RegisteringWiring(Settings(environment), clock=clock, new_id=counting_ids(), client={"kms": kms}.__getitem__)
    wiring.members_table = MemoryTable(queue=("queue", "queued_at"))
    wiring.identity = FakeIdentity()
    program = wiring.program = FixedProgram()
    with use(wiring):
        yield Premises(wiring, clock, wiring.identity, program, wiring.members_table, kms)


UNLIMITED = dict.fromkeys(
    (
        "registrations_per_address",
        "registrations_per_contact",
        "codes_per_contact",
        "codes_per_contact_per_day",
        "codes_per_address",
        "codes_per_day",
        "sessions_per_contact",
        "sessions_per_address",
    ),
    1_000_000,
)
