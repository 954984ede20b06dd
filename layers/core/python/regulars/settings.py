"""The typed environment of a function, read on first use; each function has only what it needs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache


class MissingSettingError(Exception):
    """A function asks for a setting that its environment does not have: a mistake in `infra`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Environment variables by name; a missing one is an error when it is asked for, not before."""

    environment: Mapping[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> str:
        try:
            return self.environment[name]
        except KeyError:
            raise MissingSettingError(name) from None

    def get(self, name: str) -> str | None:
        """A setting that may be missing."""
        return self.environment.get(name)

    def limit(self, name: str, default: int) -> int:
        """A rate limit by name: `LIMIT_<NAME>` where the stage sets it, else the documented default."""
        return int(self.environment.get(f"LIMIT_{name.upper()}", default))

    @property
    def is_local(self) -> bool:
        return self.environment.get("REGULARS_STAGE") == "local"


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings(dict(os.environ))
