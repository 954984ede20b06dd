"""A worker process: the real services, writer, store and AWS client of the product, asked by a pipe, with a clock that it is told."""

import os
import random
import signal
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import cast

from regulars.accounts.approvals import Approval
from regulars.accounts.dynamodb import DynamoLedgerStore
from regulars.accounts.ports import LedgerStore
from regulars.aws.clients import client
from regulars.aws.table import Table
from regulars.kernel.errors import ConflictError, RegularsError, UnavailableError
from tests.simulation.processes.asking import (
    Asked,
    Begin,
    Broken,
    Heard,
    Read,
    Record,
    Recorded,
    Refused,
    Settle,
    Settled,
    Told,
    Unanswered,
)
from tests.simulation.processes.planted import PLANTED
from tests.simulation.sending import Office
from tests.simulation.versions import NewerVersion

SHARDS = 4


def work(pipe: Connection, endpoint_url: str) -> None:
    """The process: answers what it is asked until it is told `None`, or killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ |= {
        "AWS_ENDPOINT_URL": endpoint_url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1",
    }  # fmt: skip
    worker: Worker | None = None
    while (message := pipe.recv()) is not None:
        if isinstance(message, Begin):
            worker = Worker(message)
        elif worker:
            pipe.send(worker.answer(message))


class Worker:
    """The product on the table of one history, as this version of the code and as a newer one."""

    def __init__(self, begin: Begin) -> None:
        self._now = datetime(2026, 1, 1, tzinfo=UTC)
        store = DynamoLedgerStore(Table(client("dynamodb"), begin.table), SHARDS)
        newer = cast("LedgerStore", NewerVersion(store))
        self._this, self._newer = (self._office(begin, each) for each in (store, newer))
        self._plant: AbstractContextManager[object] = PLANTED[begin.plant]() if begin.plant else nullcontext()
        self._plant.__enter__()

    def _office(self, begin: Begin, store: LedgerStore) -> Office:
        return Office(store, begin.history, lambda: self._now, random.random, begin.birth_months, starts=begin.starts, sleep=time.sleep)

    def answer(self, asked: Asked) -> Heard:
        """Does what is asked."""
        self._now = asked.now
        try:
            return self._done(asked)
        except (UnavailableError, ConflictError) as error:
            return Unanswered(error.code)
        except RegularsError as error:
            return Refused(error.code)
        except Exception as error:  # noqa: BLE001  # whatever it is, it breaks a law
            return Broken(f"{type(error).__name__}: {error}")

    def _done(self, asked: Asked) -> Heard:
        if isinstance(asked, Read):
            return Told(self._this.accounts.standing(asked.member))
        if isinstance(asked, Settle):
            return Settled(self._this.writer.settle(asked.member, "job:settle_accounts"))
        return self._recorded(asked)

    def _recorded(self, asked: Record) -> Recorded:
        office = self._newer if asked.by_newer else self._this
        office.approval_ids = dict(asked.approval_ids)
        heard = office.send(asked.fact)
        return Recorded(heard, is_replay=True) if isinstance(heard, Approval) else Recorded(heard.answer, heard.is_replay)
