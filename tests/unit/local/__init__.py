"""The tools of a developer's machine, without a stack."""
