"""Becoming a member through the public interface, from the form to the password; the code comes from backstage."""

from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from regulars.wiring import Wiring
from regulars_local.backstage import code_of, wiring_of
from regulars_local.people import random_password
from regulars_local.running import RefusedError, RunningStack
from regulars_local.stack_file import SampleMember


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who joins: one contact, a phone or an e-mail address, and optional fields of the form."""

    name: str
    contact: str
    language: str = "en"
    channel: str = "website"
    more: dict[str, object] = field(default_factory=dict)

    def form(self, terms_version: str, privacy_version: str) -> dict[str, object]:
        """The body of `POST /v1/registrations`."""
        return {
            "channel": self.channel,
            "name": self.name,
            "email" if "@" in self.contact else "phone": self.contact,
            "language": self.language,
            "terms_version": terms_version,
            "privacy_version": privacy_version,
            "information_is_true": True,
            **self.more,
        }


class Reception:
    """Lets applicants in, one after the other or from several threads; close it, or use it in a `with` block."""

    def __init__(self, running: RunningStack) -> None:
        self._wiring: Wiring = wiring_of(running)
        self._http: httpx.Client = running.client()
        programme = _answer(self._http.get("/v1/program"))["programme"]
        self._documents = (programme["terms"]["version"], programme["privacy"]["version"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def join(self, applicant: Applicant, password: str | None = None) -> SampleMember:
        """Registers, verifies by the code that was sent, sets the password (a random one when none is given).

        Raises:
            RefusedError: when the stack refuses a step.
        """
        registration_id = _answer(self._http.post("/v1/registrations", json=applicant.form(*self._documents)))["registration_id"]
        path = f"/v1/registrations/{registration_id}"
        _answer(self._http.post(f"{path}/verification", json={"code": code_of(self._wiring, registration_id)}))
        chosen = password or random_password()
        member = _answer(self._http.post(f"{path}/password", json={"password": chosen}))
        return SampleMember(
            member_id=member["member_id"],
            name=applicant.name,
            contact=applicant.contact,
            password=chosen,
            card_number=member["card_number"],
        )

    def knows(self, member: SampleMember) -> bool:
        """Whether the stack has that member."""
        return self._wiring.member_directory.find(member.member_id) is not None


def _answer(reply: httpx.Response) -> dict[str, Any]:
    if not reply.is_success:
        raise RefusedError(f"{reply.request.method} {reply.request.url.path}: {reply.status_code} {reply.text}")
    return dict(reply.json())
