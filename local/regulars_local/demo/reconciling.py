"""Every member, entry by entry: the stack's statement beside the independent calculation."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pandas as pd

from regulars_local.demo.calling import Caller
from regulars_local.demo.expectation import Expectation
from regulars_local.demo.facts import Difference, differences, expected_facts, found_facts
from regulars_local.demo.figures import Figures
from regulars_local.demo.replaying import Answer
from regulars_local.demo.rules import Rules
from regulars_local.demo.statements import read_statement


@dataclass(slots=True)
class Reconciliation:
    """What was compared, what is not the same, and the figures of all members."""

    facts: int = 0
    differences: list[Difference] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)


class Reconciler:
    """Compares one member after the other; several are read at a time."""

    def __init__(self, expectation: Expectation, rules: Rules, answers: Mapping[int, Answer], shop: Caller, agent: Caller) -> None:
        self._expected = dict(_by_household(expectation))
        self._rules = rules
        self._answers = answers
        self._shop = shop
        self._agent = agent

    def run(self, members: Mapping[int, str], on_member: Callable[[], None], *, threads: int) -> Reconciliation:
        """Compares every member."""
        reconciliation = Reconciliation()
        with ThreadPoolExecutor(threads) as pool:
            statements = pool.map(lambda member_id: read_statement(member_id, self._shop, self._agent), members.values())
            for household, statement in zip(members, statements, strict=True):
                expected = expected_facts(self._expected[household], self._rules)
                found = found_facts(statement, self._answers, self._rules.zone)
                reconciliation.facts += len(expected.keys() | found.keys())
                reconciliation.differences += differences(household, expected, found)
                reconciliation.figures.add(household, statement)
                on_member()
        return reconciliation


def _by_household(expectation: Expectation) -> Iterator[tuple[int, Expectation]]:
    """The calculation cut by household, each frame once."""
    cut = [
        dict(iter(frame.groupby("household")))
        for frame in (expectation.purchases, expectation.upgrades, expectation.expiries, expectation.reminders)
    ]
    empty = pd.DataFrame({"points": [], "tier": []})
    for household in expectation.purchases["household"].unique():
        yield int(household), Expectation(*(frames.get(household, empty) for frames in cut))
