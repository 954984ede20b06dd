"""Mutants that change nothing anybody could see, each with its reason. The run fails when one of them is noticed."""

EQUIVALENT: dict[str, dict[str, str]] = {}
"""Reasons by module and name of the mutant."""
