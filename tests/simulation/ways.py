"""The three ways in which histories are played: on the store in memory, through boto3 on an emulator, and by real processes there."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from regulars_local.cloud import Cloud
from tests.simulation.own_emulator import own_emulator
from tests.simulation.play import play_alone
from tests.simulation.processes.run import a_table, play_with_workers
from tests.simulation.tape import SHARDS
from tests.simulation.world import World

type Played = tuple[Counter[str], list[str]]
"""What happened, and which laws were broken."""


def on_the_fake_store(first: int, histories: int, workers: int) -> Played:
    """In memory, on several processors."""
    last = first + histories
    chunk = max(1, min(500, histories // workers))
    chunks = [range(start, min(start + chunk, last)) for start in range(first, last, chunk)]
    counts: Counter[str] = Counter()
    broken: list[str] = []
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for some, failures in pool.map(play_alone, chunks):
            counts.update(some)
            broken += failures
    return counts, broken


def on_the_emulator(first: int, histories: int) -> Played:
    """One process through boto3, with the faults of the store in memory."""
    with own_emulator() as cloud:
        return play_on_tables(cloud, range(first, first + histories))


def play_on_tables(cloud: Cloud, seeds: range) -> Played:
    """Plays histories, each on a table of its own."""
    counts, broken = Counter[str](), list[str]()
    for seed in seeds:
        counts["histories"] += 1
        try:
            with a_table(cloud) as (_name, store):
                World(seed, counts, store, SHARDS).run()
        except Exception as error:  # noqa: BLE001  # every failure is reported with its seed
            broken.append(f"seed {seed}: {type(error).__name__}: {error}")
    return counts, broken


def by_processes(first: int, histories: int, plant: str | None = None) -> Played:
    """Several workers behind proxies that lose, delay and refuse calls and kill workers."""
    with own_emulator() as cloud:
        return play_with_workers(cloud, range(first, first + histories), plant)
