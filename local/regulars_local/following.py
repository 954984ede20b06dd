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
_PLUMBING = re.compile(r"(START|END|REPORT|INIT_START) ")
_STYLES = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red bold", "DEBUG": "dim"}
_NOT_SHOWN = {"level", "location", "message", "timestamp", "service", "cold_start", "function_name", "function_memory_size", "function_arn",
              "function_request_id", "xray_trace_id", "exception", "stack_trace"}  # fmt: skip


class LogFollower:
    """Reads every function's log group from now on."""

    def __init__(self, cloud: Cloud, console: Console) -> None:
        self._cloud = cloud
        self._console = console
        self._since_ms = int(time.time() * 1000)
        self._seen: set[str] = set()

    def print_new_lines(self) -> None:
        """Prints what came since the last call; a cloud that is just stopping is no error."""
        try:
            events = sorted(self._new_events(), key=lambda event: event["timestamp"])
        except (ClientError, BotoCoreError):
            return
        for event in events:
            line = readable_line(event["message"], event["function"])
            if line:
                self._console.print(line, soft_wrap=True)
        if events:
            self._since_ms = events[-1]["timestamp"]
            self._seen = {event["eventId"] for event in events if event["timestamp"] == self._since_ms}

    def _new_events(self) -> list[dict[str, Any]]:
        found = []
        for group in self._cloud.logs.describe_log_groups(logGroupNamePrefix="/")["logGroups"]:
            name = group["logGroupName"]
            pages = self._cloud.logs.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=self._since_ms)
            for _, page in zip(range(_PAGE_LIMIT), pages, strict=False):
                found += [event | {"function": name.rpartition("/")[2]} for event in page["events"] if event["eventId"] not in self._seen]
        return found


def readable_line(message: str, function: str) -> Text | None:
    """One log record for people: time, function, level when it is not the usual one, message, then its other facts.

    Nothing for the lines that Lambda itself writes around a call; other text stays as it is.
    """
    message = message.strip()
    if not message or _PLUMBING.match(message):
        return None
    try:
        record = json.loads(message)
    except ValueError:
        return Text(f"{_clock_time(None)} {function:<18} {message}", style="dim")
    if not isinstance(record, dict):
        return Text(f"{_clock_time(None)} {function:<18} {message}", style="dim")
    level = str(record.get("level", ""))
    facts = " ".join(f"{name}={value}" for name, value in record.items() if name not in _NOT_SHOWN and value is not None)
    said = f"{'' if level in {'INFO', ''} else level + ' '}{record.get('message', '')}"
    line = Text(f"{_clock_time(record.get('timestamp'))} {record.get('service', function):<18} ", style="dim")
    line.append(said, style=_STYLES.get(level, "default")).append(f"  {facts}", style="dim")
    return line.append(f"\n{record['exception']}", style="red") if record.get("exception") else line


def _clock_time(timestamp: object) -> str:
    """The time of day on this machine; a record's own instant is UTC."""
    try:
        instant = datetime.fromisoformat(str(timestamp))
    except ValueError:
        instant = datetime.now(UTC)
    return instant.astimezone().strftime("%H:%M:%S")
