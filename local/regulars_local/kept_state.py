"""What the emulator kept of an earlier run, made fit for the next one: three things it keeps are wrong by then."""

import json
import re
from pathlib import Path
from typing import Any

from regulars_local.home import Home

_TABLES_FILE = "dynamodb.json"


def make_state_fit(home: Home, port: int) -> None:
    """Prepares the kept state for an emulator on `port`; a fresh folder needs nothing."""
    noted = home.path / "state-port"
    if noted.exists() and noted.read_text() != str(port):
        move_addresses(home.state, int(noted.read_text()), port)
    noted.write_text(str(port))
    forget_stream_positions(home.state)
    release_messages(home.state)


def move_addresses(state: Path, old_port: int, new_port: int) -> None:
    """Replaces the emulator's own address wherever it was kept: it finds queues by an address that names the port.

    The tables are left alone: what stands in them is the product's.
    """
    old = re.compile(rf"127\.0\.0\.1:{old_port}(?!\d)")
    for file in state.glob("*.json"):
        if file.name != _TABLES_FILE:
            _replace(file, old.sub(f"127.0.0.1:{new_port}", file.read_text()))


def forget_stream_positions(state: Path) -> None:
    """Sets the read positions of the tables' streams back to the start.

    The emulator keeps how far a stream was read but not the stream: without this a function is fed again only
    when as many new records have come as were read before. (Disabling and enabling the mapping does not help.)
    """
    kept = _payload(state / "lambda.json")
    if kept:
        positions = kept["payload"]["dynamodb_stream_positions"]
        positions["data"] = dict.fromkeys(positions["data"], 0)
        _replace(state / "lambda.json", json.dumps(kept))


def release_messages(state: Path) -> None:
    """Makes the queues' messages that were worked on at the stop visible at once: whoever worked on them is no more."""
    kept = _payload(state / "sqs.json")
    if kept:
        for queue in kept["payload"]["queues"]["data"].values():
            for message in queue["messages"]:
                if message["receipt_handle"]:
                    message["visible_at"] = message["sent_at"]
        _replace(state / "sqs.json", json.dumps(kept))


def _payload(file: Path) -> dict[str, Any] | None:
    return dict(json.loads(file.read_text())) if file.exists() else None


def _replace(file: Path, content: str) -> None:
    replacement = file.with_suffix(".new")
    replacement.write_text(content)
    replacement.replace(file)
