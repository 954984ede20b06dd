"""Starting over with empty state, whether the stack runs or not."""

import time

from regulars_local.home import AlreadyRunningError, Home

_WAIT_SECONDS = 300.0


class NobodyResetsError(Exception):
    """The process that holds the folder did not start over; `pid` is its process id."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid} did not start over")
        self.pid = pid


def reset(home: Home) -> bool:
    """Empties the instance; a serving process is asked to do it and waited for. Answers whether it runs on.

    Raises:
        NobodyResetsError: when the serving process does not do it, as one that is only a library's would not.
    """
    try:
        with home.locked():
            home.forget()
    except AlreadyRunningError as error:
        _ask(home, error.pid)
        return True
    return False


def _ask(home: Home, pid: int) -> None:
    home.reset_request.touch()
    deadline = time.monotonic() + _WAIT_SECONDS
    while home.reset_request.exists():
        if time.monotonic() > deadline:
            home.reset_request.unlink(missing_ok=True)
            raise NobodyResetsError(pid)
        time.sleep(0.1)
