"""AWS clients with time-outs and retries stated: connect 1 s, read 3 s, three tries, so that the sum stays below the gateway's 30 s.

They are botocore's own, which boto3 hands out too: importing boto3 for them would load its transfer manager at every cold start.
"""

from functools import cache
from typing import Any

import botocore.session
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
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@cache
def client(service: str) -> Any:
    """The process's one client of an AWS service, made on first use."""
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})
    return _session().create_client(service, config=_CONFIG.merge(once) if service in _ASKED_ONCE else _CONFIG)
