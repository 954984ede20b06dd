"""An emulator for one run of the simulation, with nothing deployed on it: the histories make their own tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from regulars_local.cloud import Cloud, cloud_at
from regulars_local.emulator import Emulator, end_left_over, free_port
from regulars_local.home import Home
from tests.support.stack import home_for_tests


@contextmanager
def own_emulator() -> Iterator[Cloud]:
    """The emulator, stopped at the end.

    Raises:
        AlreadyRunningError: another run holds its folder.
    """
    home = Home(home_for_tests("simulation"))
    with home.locked():
        end_left_over(home)
        home.forget()
        emulator = Emulator(home, free_port())
        emulator.start()
        try:
            yield cloud_at(emulator.endpoint_url)
        finally:
            emulator.stop()
