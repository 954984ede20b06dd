"""Fixtures of the tests that need the running stack."""

from tests.support.stack import stack

__all__ = ["stack"]
