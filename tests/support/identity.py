"""The identity service in memory: the same answers as Cognito's adapter, with tokens that only name their user."""

import base64
import json
from dataclasses import dataclass, field

from regulars.members.errors import PasswordRefusedError
from regulars.members.ports import CredentialsRefusedError, Tokens


@dataclass
class FakeIdentity:
    """Users with passwords and sessions; `calls` lists what was asked, `fail_next` makes the next call raise."""

    passwords: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    sessions_opened: int = 0
    calls: list[str] = field(default_factory=list)
    fail_next: Exception | None = None

    def set_password(self, username: str, password: str) -> None:
        self._called("set_password")
        if len(password) < 8:
            raise PasswordRefusedError
        self.passwords[username] = password

    def log_in(self, username: str, password: str) -> Tokens:
        self._called("log_in")
        if self.passwords.get(username) != password:
            raise CredentialsRefusedError
        self.sessions_opened += 1
        refresh_token = f"refresh-{self.sessions_opened}"
        self.sessions[refresh_token] = username
        return Tokens(username, _access_token(username), refresh_token, 1800)

    def refresh(self, refresh_token: str) -> Tokens:
        self._called("refresh")
        if refresh_token not in self.sessions:
            raise CredentialsRefusedError
        username = self.sessions[refresh_token]
        return Tokens(username, _access_token(username), None, 1800)

    def revoke(self, refresh_token: str) -> None:
        self._called("revoke")
        self.sessions.pop(refresh_token, None)

    def sign_out(self, username: str) -> None:
        self._called("sign_out")
        self.sessions = {token: user for token, user in self.sessions.items() if user != username}

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.fail_next:
            failure, self.fail_next = self.fail_next, None
            raise failure


def _access_token(username: str) -> str:
    return "e30." + base64.urlsafe_b64encode(json.dumps({"username": username}).encode()).decode().rstrip("=") + ".sig"
