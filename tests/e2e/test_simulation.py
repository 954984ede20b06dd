"""The simulation on the local stack's DynamoDB: one process through boto3, and several real ones behind proxies that inject faults."""

import pytest

from regulars_local.running import RunningStack
from tests.simulation.outcomes import OF_PROCESSES, ON_THE_EMULATOR
from tests.simulation.processes.planted import PLANTED
from tests.simulation.processes.run import play_with_workers
from tests.simulation.ways import play_on_tables

FIRST_SEED = 20_261_122


def test_histories_on_the_emulator_break_no_law(stack: RunningStack) -> None:
    """Random histories with faults, each on a table of its own, end with every law kept; something of each kind was recorded."""
    counts, broken = play_on_tables(stack.cloud, range(FIRST_SEED, FIRST_SEED + 12))

    assert [] == broken
    assert [] == [name for name in ON_THE_EMULATOR if not counts[name]]


def test_every_answer_of_several_processes_is_explained_by_a_serial_order(stack: RunningStack) -> None:
    """Workers that are killed, and whose calls are lost, late, refused and mangled; every fault and outcome happened (law I6)."""
    counts, broken = play_with_workers(stack.cloud, range(FIRST_SEED, FIRST_SEED + 9))

    assert [] == broken
    assert [] == [name for name in OF_PROCESSES if not counts[name]]


@pytest.mark.parametrize("bug", sorted(PLANTED))
def test_a_bug_of_several_processes_is_found(stack: RunningStack, bug: str) -> None:
    """A few histories have an answer that no serial order explains, or a ledger that no answer does."""
    _counts, broken = play_with_workers(stack.cloud, range(9), bug)

    assert broken
