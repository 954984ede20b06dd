"""What the platform consists of, as data: the tables, the functions and what each function may touch.

Table layout (single-table design inside each context; ``pk`` and ``sk`` are strings everywhere):

| table | stream | expiry | indexes |
|---|---|---|---|
| program | new image | | |
| members | new image | ttl | queue (queue, queued_at): the review queues |
| accounts | new image | | due (due_shard, due_on), keys only: what a night has to settle |
| books | | ttl | |
| messaging | | ttl | |
| service | new image | | queue (queue, queued_at): the staff work lists; agent (agent_queue, queued_at): what each agent has of them |
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Access(StrEnum):
    """How far a function's rights on a table go."""

    READ = "read"
    WRITE = "write"


READ_ACTIONS = ("GetItem", "BatchGetItem", "Query")


@dataclass(frozen=True, kw_only=True)
class IndexSpec:
    """A global secondary index with string keys."""

    name: str
    hash_key: str
    range_key: str
    keys_only: bool


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """One context's table. ``write_actions`` is all that any function may be granted beyond reading."""

    name: str
    write_actions: tuple[str, ...]
    streams: bool = False
    expires: bool = False
    indexes: tuple[IndexSpec, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FunctionSpec:
    """One deployed function: its size, its layers and its rights.

    ``memory_mib`` and ``timeout_seconds`` are explicit for each; ``contacts`` adds the layer of the functions that
    handle contacts, secrets and templates; ``is_limited`` gives it the stage's rate limits;
    ``data_key_actions`` and ``identity_actions`` are the named actions granted; ``files`` are the folders of the bucket by action.
    """

    name: str
    memory_mib: int
    timeout_seconds: int
    http: bool = False
    contacts: bool = False
    tables: dict[str, Access] = field(default_factory=dict)
    reads_secret: bool = False
    is_limited: bool = False
    data_key_actions: tuple[str, ...] = ()
    identity_actions: tuple[str, ...] = ()
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)


_QUEUE_INDEX = IndexSpec(name="queue", hash_key="queue", range_key="queued_at", keys_only=False)
_AGENT_INDEX = IndexSpec(name="agent", hash_key="agent_queue", range_key="queued_at", keys_only=False)
_DUE_INDEX = IndexSpec(name="due", hash_key="due_shard", range_key="due_on", keys_only=True)

# Accounts are replaced by conditional puts and their entries are put once: nothing there is updated or deleted.
TABLES = (
    TableSpec(name="program", write_actions=("PutItem", "UpdateItem", "ConditionCheckItem"), streams=True),
    TableSpec(
        name="members",
        write_actions=("PutItem", "UpdateItem", "ConditionCheckItem", "DeleteItem"),
        streams=True,
        expires=True,
        indexes=(_QUEUE_INDEX,),
    ),
    TableSpec(name="accounts", write_actions=("PutItem", "ConditionCheckItem"), streams=True, indexes=(_DUE_INDEX,)),
    # Figures are added to, and marks of what was counted expire: rights that nobody has on the ledger itself.
    TableSpec(name="books", write_actions=("PutItem", "UpdateItem"), expires=True),
    TableSpec(name="messaging", write_actions=("PutItem", "UpdateItem", "ConditionCheckItem"), expires=True),
    TableSpec(
        name="service",
        write_actions=("PutItem", "UpdateItem", "ConditionCheckItem"),
        streams=True,
        indexes=(_QUEUE_INDEX, _AGENT_INDEX),
    ),
)

_READS_MEMBERS = {"members": Access.READ, "program": Access.READ}

FUNCTIONS = (
    FunctionSpec(name="program", http=True, memory_mib=512, timeout_seconds=10, tables={"program": Access.WRITE}),
    FunctionSpec(
        name="registrations",
        http=True,
        contacts=True,
        memory_mib=768,
        timeout_seconds=15,
        tables={"members": Access.WRITE, "program": Access.READ},
        reads_secret=True,
        data_key_actions=("GenerateDataKey", "Decrypt"),
        is_limited=True,
        identity_actions=(
            "AdminCreateUser",
            "AdminSetUserPassword",
            "AdminInitiateAuth",
            "AdminUserGlobalSignOut",
        ),
    ),
    FunctionSpec(
        name="members",
        http=True,
        contacts=True,
        memory_mib=768,
        timeout_seconds=15,
        tables={"members": Access.WRITE, "program": Access.READ},
        reads_secret=True,
        data_key_actions=("GenerateDataKey", "Decrypt"),
        is_limited=True,
    ),
    FunctionSpec(
        name="accounts",
        http=True,
        memory_mib=1024,
        timeout_seconds=15,
        tables={"accounts": Access.WRITE, "books": Access.READ, **_READS_MEMBERS},
        reads_secret=True,
    ),
    FunctionSpec(
        name="messaging",
        http=True,
        contacts=True,
        memory_mib=512,
        timeout_seconds=10,
        tables={"messaging": Access.WRITE, "members": Access.READ},
    ),
    FunctionSpec(
        name="service",
        http=True,
        memory_mib=512,
        timeout_seconds=10,
        # The member's tier decides on lane and agent; it is settled in memory, so nothing of an account is written.
        tables={"service": Access.WRITE, "accounts": Access.READ, **_READS_MEMBERS},
    ),
    FunctionSpec(name="reference", http=True, memory_mib=256, timeout_seconds=5),
    FunctionSpec(name="relay_events", memory_mib=512, timeout_seconds=30),
    FunctionSpec(name="total_points", memory_mib=512, timeout_seconds=60, tables={"books": Access.WRITE, "program": Access.READ}),
    FunctionSpec(
        name="recount_books",
        memory_mib=1024,
        timeout_seconds=60,
        tables={"accounts": Access.READ, "books": Access.WRITE, "program": Access.READ},
    ),
    FunctionSpec(
        name="check_ledger",
        memory_mib=1024,
        timeout_seconds=60,
        tables={"accounts": Access.READ, "books": Access.READ, "program": Access.READ},
    ),
    FunctionSpec(
        name="deliver_messages",
        contacts=True,
        memory_mib=768,
        timeout_seconds=60,
        tables={"messaging": Access.WRITE, **_READS_MEMBERS},
        reads_secret=True,
        data_key_actions=("Decrypt",),
    ),
    FunctionSpec(
        name="settle_accounts",
        memory_mib=1024,
        timeout_seconds=60,
        tables={"accounts": Access.WRITE, "program": Access.READ},
    ),
    FunctionSpec(
        name="jobs",
        http=True,
        memory_mib=1769,
        timeout_seconds=20,
        tables={"accounts": Access.WRITE, "program": Access.READ},
        files={"PutObject": ("uploads",), "GetObject": ("uploads", "results", "exports")},
    ),
    FunctionSpec(
        name="simulate_program",
        memory_mib=1769,
        timeout_seconds=60,
        tables={"accounts": Access.WRITE, "program": Access.READ},
    ),
    FunctionSpec(
        name="import_lines",
        contacts=True,
        memory_mib=1024,
        timeout_seconds=60,
        tables={"accounts": Access.WRITE, "members": Access.WRITE, "program": Access.READ},
        reads_secret=True,
        data_key_actions=("GenerateDataKey", "Decrypt"),
        files={"GetObject": ("uploads",), "PutObject": ("results",)},
    ),
    FunctionSpec(
        name="export_ledger",
        memory_mib=1024,
        timeout_seconds=60,
        tables={"accounts": Access.WRITE, "program": Access.READ},
        files={"PutObject": ("exports",)},
    ),
)


def function_named(name: str) -> FunctionSpec:
    """The function of that name; raises KeyError if there is none."""
    return {spec.name: spec for spec in FUNCTIONS}[name]
