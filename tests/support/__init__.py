"""Builders, fakes, strategies, the local stack."""
