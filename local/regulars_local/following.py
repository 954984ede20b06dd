"""The functions' JSON log, line by line in a form people read."""

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text

from regulars_local.cloud import Cloud

_PAGE_LIMIT = 20
_GROUP_PREFIX = "/aws/"
_ACCESS_LOGS = "/aws/cloudformation/Regulars-local/Api"
_PAUSE_SECONDS, _PAUSE_QUIET_SECONDS, _ROUNDS_UNTIL_QUIET = 0.5, 2.0, 20
_GROUPS_READ_EVERY_SECONDS = 30.0
_PLUMBING = re.compile(r"(START|END|REPORT|INIT_START) ")
_STYLES = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red bold", "DEBUG": "dim"}
_NOT_SHOWN = {"level", "location", "message", "timestamp", "service", "cold_start", "function_name", "function_memory_size", "function_arn",
              "function_request_id", "request_id", "xray_trace_id", "exception", "exception_name", "stack_trace", "_aws"}  # fmt: skip
_CALL = ("route", "status", "code", "caller", "milliseconds")

type _Line = tuple[int, str, str, str]


class LogFollower:
    """Reads every function's log group from now on."""

    def __init__(self, cloud: Cloud, console: Console) -> None:
        self._cloud = cloud
        self._console = console
        self._since_ms = int(time.time() * 1000)
        self._seen: set[_Line] = set()
        self._groups: list[str] = []
        self._groups_read_at = -_GROUPS_READ_EVERY_SECONDS
        self._quiet_rounds = 0

    @property
    def pause_seconds(self) -> float:
        """How long to wait before the next look: short while something happens, so that an idle stack costs next to nothing."""
        return _PAUSE_SECONDS if self._quiet_rounds < _ROUNDS_UNTIL_QUIET else _PAUSE_QUIET_SECONDS

    def print_new_lines(self) -> None:
        """Prints what came since the last call; a cloud that is just stopping is no error."""
        try:
            lines = sorted(self._lines() - self._seen)
        except (ClientError, BotoCoreError):
            return
        self._quiet_rounds = 0 if lines else self._quiet_rounds + 1
        for _, group, _, message in lines:
            shown = readable_line(message, group.rpartition("/")[2].partition("Function")[0])
            if shown:
                self._console.print(shown, soft_wrap=True)
        if lines:
            self._since_ms = lines[-1][0]
            self._seen = {line for line in self._seen.union(lines) if line[0] == self._since_ms}

    def _lines(self) -> set[_Line]:
        """Everything since the newest line that was printed, itself included: time, group, stream, message."""
        found: set[_Line] = set()
        for name in self._group_names():
            pages = self._cloud.logs.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=self._since_ms)
            for _, page in zip(range(_PAGE_LIMIT), pages, strict=False):
                found |= {(event["timestamp"], name, event["logStreamName"], event["message"].strip()) for event in page["events"]}
        return found

    def _group_names(self) -> list[str]:
        if time.monotonic() - self._groups_read_at > _GROUPS_READ_EVERY_SECONDS:
            groups = self._cloud.logs.describe_log_groups(logGroupNamePrefix=_GROUP_PREFIX)["logGroups"]
            self._groups = [group["logGroupName"] for group in groups if not group["logGroupName"].startswith(_ACCESS_LOGS)]
            self._groups_read_at = time.monotonic()
        return self._groups


def readable_line(message: str, function: str) -> Text | None:
    """One log record for people: time, function, level when it is not the usual one, message, then its other facts.

    Nothing for the lines that Lambda itself writes around a call; a text that is no record stays as it is.
    """
    if not message or _PLUMBING.match(message):
        return None
    record = _record(message)
    if record is None:
        return Text(f"{_time_of_day(None)} {function:<18} {message}", style="dim")
    level = str(record.get("level", "INFO"))
    line = Text(f"{_time_of_day(record.get('timestamp'))} {record.get('service', function):<18} ", style="dim")
    line.append(("" if level == "INFO" else f"{level} ") + _said(record), style=_STYLES.get(level, "default"))
    return line.append(f"\n{record['exception']}", style="red") if record.get("exception") else line


def _record(message: str) -> dict[str, Any] | None:
    try:
        record = json.loads(message)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _said(record: dict[str, Any]) -> str:
    """A call of the HTTP interface in one short form, anything else as its message and its facts."""
    if record.get("message") == "call" and "route" in record:
        return "{} → {} {} ({}, {} ms)".format(*(record.get(name, "") for name in _CALL))
    facts = [f"{name}={value}" for name, value in record.items() if name not in _NOT_SHOWN and value is not None]
    return " ".join([str(record.get("message", "")), *facts])


def _time_of_day(timestamp: object) -> str:
    """The time of day on this machine; a record's own instant is UTC."""
    try:
        instant = datetime.fromisoformat(str(timestamp))
    except ValueError:
        instant = datetime.now(UTC)
    return instant.astimezone().strftime("%H:%M:%S")
