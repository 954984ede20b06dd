"""Every e-mail and SMS that was sent, from our own communication record."""

from regulars.kernel.language import Language
from regulars_local.running import RunningStack


def print_mailbox(running: RunningStack, *, to: str | None, limit: int, as_json: bool, language: Language) -> None:
    """Prints the newest messages, the newest last."""
