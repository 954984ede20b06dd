"""After a stop: sends again what the tables' streams may not have let out."""

from regulars_local.running import RunningStack


def sweep(running: RunningStack) -> int:
    """Answers how many items were pushed through the relay again."""
    return 0
