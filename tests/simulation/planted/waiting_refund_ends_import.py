"""A refund that waited for an imported purchase counts at today's clock: what is imported after it comes late."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from unittest.mock import patch

from regulars.accounts import ledger
from regulars.accounts.commands import Command, RecordRefund
from regulars.accounts.model import Account
from regulars.accounts.purchasing import evaluation_time


def _evaluation_time(account: Account, command: Command, now: datetime) -> datetime:
    return evaluation_time(account, replace(command, is_waiting=False) if isinstance(command, RecordRefund) else command, now)


def plant() -> AbstractContextManager[object]:
    return patch.object(ledger, "evaluation_time", _evaluation_time)
