"""A running stack as its users see it: addresses, tokens, the clock and, for the tools, the emulated cloud behind it."""

from functools import cached_property
from pathlib import Path

import httpx

from regulars_local.cloud import Cloud, cloud_at
from regulars_local.emulator import STACK_NAME, answers
from regulars_local.home import Home
from regulars_local.local_clock import LocalClock
from regulars_local.stack_file import StackFile

_TIMEOUT_SECONDS = 120.0


class NotRunningError(Exception):
    """No stack runs from this folder."""


class RefusedError(Exception):
    """The stack refused a log-in or a request of the tools; the message is its answer."""


class RunningStack:
    """What `stack.json` tells, put to use. Build it with `at(home)` or from a file's content."""

    def __init__(self, file: StackFile) -> None:
        self.file = file
        self.cloud = cloud_at(file.endpoint_url)

    @classmethod
    def at(cls, home: Home) -> "RunningStack":
        """The stack that runs from `home`.

        Raises:
            NotRunningError: when there is none, or it does not answer.
        """
        file = StackFile.read(home.stack_file)
        if file is None or not answers(httpx.URL(file.endpoint_url).port or 0):
            raise NotRunningError(str(home.path))
        return cls(file)

    @property
    def api_url(self) -> str:
        """Ends before `/v1`, without a slash."""
        return self.file.api_url

    @property
    def clock(self) -> LocalClock:
        return LocalClock(Path(self.file.clock_file))

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The CloudFormation outputs: ids of the API, the pool, the tables, the queues, the functions."""
        return stack_outputs(self.cloud)

    def client(self, token: str | None = None, language: str = "en") -> httpx.Client:
        """A client of the HTTP interface: `client.post("/v1/purchases", …)`; `token` is sent as the bearer. Close it, or use `with`."""
        headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {token}"} if token else {})
        return httpx.Client(base_url=self.api_url, headers=headers, timeout=_TIMEOUT_SECONDS, trust_env=False)

    def staff_token(self, role: str) -> str:
        """An access token of the sample's member of staff with this role.

        Raises:
            KeyError: when there is no such role.
            RefusedError: when the stack does not let them in.
        """
        login = self.file.users[role]
        return self.password_token(login.username, login.password)

    def password_token(self, identifier: str, password: str) -> str:
        """An access token by `POST /v1/sessions`: a member's phone, e-mail or card number, or a staff name.

        Raises:
            RefusedError: when the stack does not let them in.
        """
        with self.client() as http:
            reply = http.post("/v1/sessions", json={"identifier": identifier, "password": password})
        return _access_token(reply)

    def machine_token(self, name: str) -> str:
        """An access token of an outside system (`till`, `importer`, `shop`) by the client-credentials grant.

        Raises:
            KeyError: when there is no such client.
            RefusedError: when the grant is refused.
        """
        client = self.file.clients[name]
        grant = {"grant_type": "client_credentials", "scope": " ".join(client.scopes)}
        reply = httpx.post(
            self.file.token_url, data=grant, auth=(client.client_id, client.client_secret), timeout=_TIMEOUT_SECONDS, trust_env=False
        )
        return _access_token(reply)


def stack_outputs(cloud: Cloud) -> dict[str, str]:
    """The outputs of the deployed stack by their names."""
    stack = cloud.cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _access_token(reply: httpx.Response) -> str:
    if not reply.is_success:
        raise RefusedError(f"{reply.status_code} {reply.text}")
    return str(reply.json()["access_token"])
