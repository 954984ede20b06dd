"""Histories of several workers on an emulator, some of them at the same time, each on a table of its own."""

import random
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from regulars.accounts.dynamodb import DynamoLedgerStore
from regulars.aws.table import Table
from regulars_local.cloud import Cloud
from tests.simulation.processes.crew import Crew
from tests.simulation.processes.history import History, Place
from tests.simulation.processes.weather import Weather
from tests.simulation.processes.worker import SHARDS
from tests.support.schema import table_schemas
from tests.support.stack import home_for_tests

WORKERS = 3
AT_ONCE = 3
"""Most of a history's time a worker waits before it tries again: other histories are played meanwhile."""

FAULTS_IN_HUNDRED = 12
"""How many of a hundred calls meet a fault."""


def play_with_workers(cloud: Cloud, seeds: Sequence[int], plant: str | None = None) -> tuple[Counter[str], list[str]]:
    """Plays histories; answers what happened and which laws were broken. `plant` is a bug that the workers have."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = list(pool.map(lambda part: _play(cloud, part, plant), [seeds[place::AT_ONCE] for place in range(AT_ONCE)]))
    counts = Counter[str]()
    for some, _broken in parts:
        counts.update({name: number for name, number in some.items() if name != "most explanations"})
        counts["most explanations"] = max(counts["most explanations"], some["most explanations"])
    return counts, [line for _some, broken in parts for line in broken]


def _play(cloud: Cloud, seeds: Sequence[int], plant: str | None) -> tuple[Counter[str], list[str]]:
    counts, broken = Counter[str](), list[str]()
    if not seeds:
        return counts, broken
    weather = Weather(random.Random(seeds[0]), counts, FAULTS_IN_HUNDRED / 100)
    with Crew(cloud.endpoint_url, WORKERS, weather) as crew:
        for seed in seeds:
            counts["histories"] += 1
            with a_table(cloud) as place:
                history = History(seed, counts, crew, place, plant)
                try:
                    history.run()
                except Exception as error:  # noqa: BLE001  # every failure is reported with its seed
                    broken.append(f"seed {seed} (all that was asked: {_kept(seed, history)}): {type(error).__name__}: {error}")
    return counts, broken


def _kept(seed: int, history: History) -> Path:
    """The file with all that was asked and answered: another run of the seed may go another way."""
    file = home_for_tests("simulation") / f"broken-{seed}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(history.log))
    return file


@contextmanager
def a_table(cloud: Cloud) -> Iterator[Place]:
    """A new table without a stream, removed afterwards."""
    name = f"simulation-{uuid.uuid4().hex[:12]}"
    schema = {key: value for key, value in table_schemas()["accounts"].items() if key != "StreamSpecification"}
    cloud.dynamodb.create_table(**{**schema, "TableName": name})
    try:
        yield name, DynamoLedgerStore(Table(cloud.dynamodb, name), SHARDS)
    finally:
        cloud.dynamodb.delete_table(TableName=name)
