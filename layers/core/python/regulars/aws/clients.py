"""boto3 clients with time-outs and retries stated: connect 1 s, read 3 s, three tries, so that the sum stays below the gateway's 30 s."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    max_pool_connections=16,
    parameter_validation=False,
)
_ASKED_ONCE = frozenset({"sesv2", "sns"})
"""Neither takes a token against a second sending: whether to ask again after a lost answer is for `messaging` to decide."""


@cache
def client(service: str) -> Any:
    """The process's one client of an AWS service, made on first use."""
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})
    return boto3.client(service, config=_CONFIG.merge(once) if service in _ASKED_ONCE else _CONFIG)
