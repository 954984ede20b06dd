"""The list of equivalent mutants is one of mutants that there are; whether nobody notices them, only the whole run tells."""

import ast

import pytest

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import CORE, MODULES, mutants


@pytest.mark.parametrize("module", MODULES)
def test_every_mutant_changes_its_module_and_has_a_name_of_its_own(module: str) -> None:
    """The first and the last differ from the source; no two are called alike, so that a reason stands for one alone."""
    source = ast.dump(ast.parse((CORE / f"{module}.py").read_text()))
    known = mutants(module)

    assert len(known) == len({mutant.name for mutant in known})
    assert all(ast.dump(mutant.tree()) != source for mutant in (known[0], known[-1]))


def test_what_is_listed_as_equivalent_is_a_mutant_with_a_reason() -> None:
    """A reason whose line was changed since stands for nothing any more and is to go."""
    known = {(module, mutant.name) for module in MODULES for mutant in mutants(module)}
    listed = {(module, name): reason for module, reasons in EQUIVALENT.items() for name, reason in reasons.items()}

    assert set() == set(listed) - known
    assert all(reason.endswith(".") for reason in listed.values())
