"""Stored forms: what this version of the code writes, it knows by name when it reads (fault 22)."""

from copy import replace
from datetime import date
from typing import Any

from regulars.accounts.account_records import account_record, due_text, read_account
from regulars.accounts.approvals import Approval, ApprovalKind, ApprovalStatus
from regulars.accounts.entries import Reminder
from regulars.accounts.items import approval_item, entry_item, read_approval, read_refunds, refunds_item
from regulars.accounts.model import Account, ActiveRow
from regulars.accounts.records import read_entry
from tests.support.accounts import NOON
from tests.support.lives import MEMBERS, Lives

DAY = date(2026, 5, 31)


def stored(account: Account) -> dict[str, Any]:
    """An account's item, with its key, version and place in the due index."""
    due = {"due_shard": "0", "due_on": due_text(account)}
    return {"pk": account.member_id, "sk": "ACCOUNT", "v": account.version, **due, **account_record(account)}


def test_nothing_of_an_account_an_entry_or_a_refund_passes_for_a_newer_versions() -> None:
    """A name that is written but not known would be carried along, and its old value written over the new one."""
    life, accounts = Lives(1), list[Account]()
    for _ in range(300):
        life.live(1)
        accounts += [account for member_id in MEMBERS if (account := life.store.load(member_id))]
    accounts.append(replace(accounts[-1], debt=7, active=ActiveRow(DAY, DAY), reminded_through=DAY))
    entries, refunds = life.entries(), list(life.store.refunds_of.values())
    entries.append(replace(entries[-1], debt_after=7, reminders=(Reminder(DAY, 5),)))

    assert accounts == [read_account(account.member_id, stored(account)) for account in accounts]
    assert entries == [read_entry(entry.member_id, entry.version, entry_item(entry)) for entry in entries]
    left_over = [*(each.more for each in accounts), *(each.more for each in entries), *(each.more for each in refunds)]
    assert not any(left_over)
    assert [] != refunds == [read_refunds(refunds_item(state)) for state in refunds]


def test_nothing_of_a_request_passes_for_a_newer_versions() -> None:
    """The same for what waits for a second person, decided or not."""
    asked = Approval("apr_1", ApprovalKind.ADJUSTMENT, MEMBERS[0], {"points": 5}, "staff:a", NOON, ApprovalStatus.PENDING)
    for request in (asked, asked.decided("staff:b", NOON, is_approved=True, note="seen")):
        assert request == read_approval(approval_item(request))
