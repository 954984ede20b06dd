"""Every member, entry by entry: the stack's statement beside the independent calculation."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pandas as pd

from regulars_local.demo.calling import Caller
from regulars_local.demo.expectation import Expectation
from regulars_local.demo.facts import Difference, differences, expected_facts, found_facts, overlook_superseded
from regulars_local.demo.figures import Figures
from regulars_local.demo.replaying import Answer
from regulars_local.demo.rules import Rules
from regulars_local.demo.statements import Statement, read_statement

_LAST_MESSAGES_SECONDS = 60.0
_POLL_SECONDS = 0.5


@dataclass(slots=True)
class Reconciliation:
    """What was compared, what is not the same, and the figures of all members."""

    facts: int = 0
    differences: list[Difference] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)


class Reconciler:
    """Compares one member after the other; several are read at a time."""

    def __init__(
        self, expectation: Expectation, rules: Rules, answers: Mapping[int, Answer], shop: Caller, agent: Caller, *, is_import: bool
    ) -> None:
        self._expected = dict(_by_household(expectation))
        self._rules = rules
        self._answers = answers
        self._shop = shop
        self._agent = agent
        self._is_import = is_import

    def run(self, members: Mapping[int, str], on_member: Callable[[], None], *, threads: int) -> Reconciliation:
        """Compares every member."""
        reconciliation = Reconciliation()
        deadline = time.monotonic() + _LAST_MESSAGES_SECONDS
        with ThreadPoolExecutor(threads) as pool:
            statements = pool.map(lambda household: self._read(household, members[household], deadline), members)
            for household, statement in zip(members, statements, strict=True):
                expected = expected_facts(self._expected[household], self._rules)
                found = found_facts(statement, self._answers, self._rules.zone)
                if self._is_import:
                    overlook_superseded(expected, found)
                reconciliation.facts += len(expected.keys() | found.keys())
                reconciliation.differences += differences(household, expected, found)
                reconciliation.figures.add(household, statement)
                on_member()
        return reconciliation

    def _read(self, household: int, member_id: str, deadline: float) -> Statement:
        """The statement; the last messages may still be on their way, and are waited for while there is time."""
        expected = self._expected[household]
        changes = min(1, len(expected.upgrades)) if self._is_import else len(expected.upgrades)
        told = changes + len(expected.reminders) + len(expected.expiries)
        while True:
            statement = read_statement(member_id, self._shop, self._agent)
            if len(statement.messages) > told or time.monotonic() > deadline:
                return statement
            time.sleep(_POLL_SECONDS)


def _by_household(expectation: Expectation) -> Iterator[tuple[int, Expectation]]:
    """The calculation cut by household, each frame once."""
    cut = [
        dict(iter(frame.groupby("household")))
        for frame in (expectation.purchases, expectation.upgrades, expectation.expiries, expectation.reminders)
    ]
    empty = pd.DataFrame({"points": [], "tier": []})
    for household in expectation.purchases["household"].unique():
        yield int(household), Expectation(*(frames.get(household, empty) for frames in cut))
