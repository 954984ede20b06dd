"""What the emulator kept of an earlier run, made fit for the next one: two things it keeps are wrong by then."""

import json
import re
from pathlib import Path

from regulars_local.home import Home

_TABLES_FILE = "dynamodb.json"


def make_state_fit(home: Home, port: int) -> None:
    """Prepares the kept state for an emulator on `port`; a fresh folder needs nothing."""
    noted = home.path / "state-port"
    if noted.exists() and noted.read_text() != str(port):
        move_addresses(home.state, int(noted.read_text()), port)
    noted.write_text(str(port))
    forget_stream_positions(home.state)


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
    file = state / "lambda.json"
    if not file.exists():
        return
    kept = json.loads(file.read_text())
    positions = kept["payload"]["dynamodb_stream_positions"]["data"]
    kept["payload"]["dynamodb_stream_positions"]["data"] = dict.fromkeys(positions, 0)
    _replace(file, json.dumps(kept))


def _replace(file: Path, content: str) -> None:
    replacement = file.with_suffix(".new")
    replacement.write_text(content)
    replacement.replace(file)
