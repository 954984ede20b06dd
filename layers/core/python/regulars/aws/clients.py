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
_ASKED_ONCE = {"retries": {"mode": "standard", "total_max_attempts": 1}}
"""Neither takes a token against a second sending: whether to ask again after a lost answer is for `messaging` to decide."""

_SIGNED = {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}
"""Addresses of files are signed by version 4 for the bucket's regional host: left to itself, botocore takes version 2 in the older
regions, which S3 refuses for buckets made since 2020, and the global host, which redirects."""

_OWN: dict[str, dict[str, Any]] = {"sesv2": _ASKED_ONCE, "sns": _ASKED_ONCE, "s3": _SIGNED}


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@cache
def client(service: str) -> Any:
    """The process's one client of an AWS service, made on first use."""
    own = _OWN.get(service)
    return _session().create_client(service, config=_CONFIG.merge(Config(**own)) if own else _CONFIG)
