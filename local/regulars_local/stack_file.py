"""`stack.json`: what everything that talks to a running stack needs to know. Mode 0600, never committed."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

STACK_FILE_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StaffLogin(_Part):
    """One member of staff of the sample: `POST /v1/sessions` takes both."""

    username: str
    password: str


class MachineClient(_Part):
    """One outside system: the client-credentials grant at `token_url`."""

    client_id: str
    client_secret: str
    scopes: list[str]


class SampleMember(_Part):
    """One member who registered through the public interface when the stack was made."""

    member_id: str
    name: str
    contact: str
    password: str
    card_number: str


class StackFile(_Part):
    """The addresses and log-ins of one running stack; `api_url` ends before `/v1`, without a slash."""

    version: int = STACK_FILE_VERSION
    api_url: str
    token_url: str
    endpoint_url: str
    region: str
    users: dict[str, StaffLogin]
    clients: dict[str, MachineClient]
    clock_file: str
    members: list[SampleMember] = Field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "StackFile | None":
        """The file's content, or nothing when it is missing or of another version's shape."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def write(self, path: Path) -> None:
        """Replaces the file in one step; it is readable by its owner only from its first byte."""
        replacement = path.with_suffix(".new")
        replacement.unlink(missing_ok=True)
        descriptor = os.open(replacement, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self.model_dump_json(indent=2) + "\n")
        replacement.replace(path)
