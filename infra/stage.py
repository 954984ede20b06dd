"""The stages as typed data: everything that differs between ``local``, ``dev`` and ``prod`` stands here."""

import platform
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from typing import Literal

Architecture = Literal["arm64", "x86_64"]

TIME_ZONE = "Asia/Shanghai"
SETTLEMENT_CRON = {"hour": "0", "minute": "10"}  # in TIME_ZONE: business days end at midnight there
REVIEW_CRON = {"hour": "1", "minute": "10"}
CHECK_CRON = {"hour": "3", "minute": "40"}  # when the books have long taken in the day before


@dataclass(frozen=True, kw_only=True)
class MachineClient:
    """An outside system with client credentials; ``scopes`` are names on the resource server ``regulars``."""

    name: str
    scopes: tuple[str, ...]


MACHINE_CLIENTS = (
    MachineClient(name="till", scopes=("purchases:write", "checkout:write", "members:read")),
    MachineClient(name="importer", scopes=("purchases:write", "purchases:import", "members:read")),
    MachineClient(name="shop", scopes=("purchases:write", "checkout:write", "members:read")),
)


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """API Gateway's token bucket: steady requests a second and the burst above it."""

    rate_per_second: int
    burst: int


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage's settings.

    ``protected`` means point-in-time recovery, deletion protection and customer-managed keys; ``retained`` keeps data
    when the stack is deleted; ``due_shards`` is how many workers a night has; ``limits`` become ``LIMIT_<NAME>`` in the
    functions; ``reserved_concurrency`` caps functions that strangers can call; ``edge`` puts CloudFront with WAF in front,
    once ``api_domain_name`` is known; ``clock_file`` is for ``local`` alone.
    """

    name: str
    protected: bool
    retained: bool
    architecture: Architecture
    log_retention_days: int
    snap_start: bool
    edge: bool
    throttle: Throttle
    public_throttle: Throttle
    limits: Mapping[str, int]
    reserved_concurrency: Mapping[str, int] = field(default_factory=dict)
    machine_clients: tuple[MachineClient, ...] = MACHINE_CLIENTS
    due_shards: int = 16
    sms_spending_alarm_usd: int = 20
    sender_email: str = "no-reply@example.com"
    alarm_email: str | None = None
    api_domain_name: str | None = None
    clock_file: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a clock file outside the local stage: real stages live by real time."""
        if self.clock_file is not None and not self.is_local:
            raise ValueError(f"stage {self.name} cannot have a clock file")

    @property
    def is_local(self) -> bool:
        """Whether this stage runs on the embedded cloud of a developer's machine."""
        return self.name == "local"


# The code's own defaults (`regulars.members.limits`), stated so that a stage can be read in one place.
_LIMITS = {
    "REGISTRATIONS_PER_ADDRESS": 20,
    "REGISTRATIONS_PER_CONTACT": 5,
    "CODES_PER_CONTACT": 5,
    "CODES_PER_CONTACT_PER_DAY": 10,
    "CODES_PER_ADDRESS": 40,
    "CODES_PER_DAY": 20_000,
    "SESSIONS_PER_CONTACT": 10,
    "SESSIONS_PER_ADDRESS": 100,
}
_UNLIMITED = 1_000_000


def _host_architecture() -> Architecture:
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def _local() -> Stage:
    return Stage(
        name="local",
        protected=False,
        retained=False,
        architecture=_host_architecture(),
        log_retention_days=1,
        snap_start=False,
        edge=False,
        throttle=Throttle(rate_per_second=10_000, burst=5_000),
        public_throttle=Throttle(rate_per_second=10_000, burst=5_000),
        limits=dict.fromkeys(_LIMITS, _UNLIMITED),
        due_shards=2,
    )


def _dev() -> Stage:
    return Stage(
        name="dev",
        protected=True,
        retained=False,
        architecture="arm64",
        log_retention_days=14,
        snap_start=False,
        edge=False,
        throttle=Throttle(rate_per_second=50, burst=100),
        public_throttle=Throttle(rate_per_second=5, burst=10),
        limits=_LIMITS,
    )


def _prod() -> Stage:
    return replace(
        _dev(),
        name="prod",
        retained=True,
        log_retention_days=365,
        snap_start=True,
        edge=True,
        throttle=Throttle(rate_per_second=1_000, burst=2_000),
        public_throttle=Throttle(rate_per_second=50, burst=100),
        sms_spending_alarm_usd=200,
        reserved_concurrency={"registrations": 50, "reference": 5},
    )


_STAGES = {"local": _local, "dev": _dev, "prod": _prod}


def stage_named(
    name: str,
    *,
    sender_email: str | None = None,
    alarm_email: str | None = None,
    api_domain_name: str | None = None,
    clock_file: str | None = None,
    limits: Mapping[str, int] | None = None,
) -> Stage:
    """The settings of a stage with what a deployment may say about it.

    Raises ValueError for an unknown stage, for a clock file outside ``local`` and for a limit nobody knows.
    """
    if name not in _STAGES:
        raise ValueError(f"unknown stage {name!r}: choose one of {', '.join(_STAGES)}")
    stage = _STAGES[name]()
    unknown = set(limits or {}) - set(stage.limits)
    if unknown:
        raise ValueError(f"unknown limits: {', '.join(sorted(unknown))}")
    return replace(
        stage,
        sender_email=sender_email or stage.sender_email,
        alarm_email=alarm_email,
        api_domain_name=api_domain_name,
        clock_file=clock_file,
        limits={**stage.limits, **(limits or {})},
    )
