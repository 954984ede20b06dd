"""What is left of a check, as a message says it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from regulars.accounts.books.checking import JOB, CheckTask, Moves
from regulars.accounts.books.model import Figure


def check_message_of(task: CheckTask) -> dict[str, Any]:
    """The message of a task."""
    sums = {tier: {figure.value: count for figure, count in figures.items() if count} for tier, figures in task.sums.items()}
    moves = [[*move, count] for move, count in sorted(task.moves.items())]
    start = dict(task.start) if task.start else None
    return {"job": JOB, "through": task.through.isoformat(), "start": start, "sums": sums, "moves": moves}


def check_task_of(message: Mapping[str, Any]) -> CheckTask:
    """The task of a message."""
    sums = {tier: Counter({Figure(name): count for name, count in figures.items()}) for tier, figures in message["sums"].items()}
    moves: Moves = Counter({(before, after, cause, version): count for before, after, cause, version, count in message["moves"]})
    return CheckTask(date.fromisoformat(message["through"]), message["start"], sums, moves)
