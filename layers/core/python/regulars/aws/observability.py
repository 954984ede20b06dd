"""Logs and metrics: one structured line a call, no personal data (PRV-17); metrics in the same process by EMF."""

from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """The process's logger; service and level come from Powertools' own environment variables."""
    return Logger(log_uncaught_exceptions=False, use_rfc3339=True)
