"""Another, newer version of the code, as it runs beside this one while it is deployed, and as it leaves its traces when it is taken back.

It writes an attribute that this version does not know into everything it stores: into accounts and entries (whose hash covers it), the
state of refunds, requests, answers, and what waits. It counts on finding it again: the number goes up by one with each of its entries.
"""

import json
import random
from collections import Counter
from collections.abc import Mapping
from copy import replace
from typing import Any

from regulars.accounts.approvals import Approval
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account
from regulars.accounts.ports import Change, Commit, LedgerStore
from regulars.accounts.records import chain_hash
from regulars.kernel.idempotency import Guard
from tests.simulation.laws import BrokenLawError
from tests.simulation.sending import Office

SEAL = "zz"
"""The name of the attribute."""


class NewerVersion:
    """A store as the newer version writes to it; everything else goes through to the store itself."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store
        self._sealed: dict[int, tuple[Account, Account]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, commit: Commit) -> None:
        """Writes with the seal."""
        changes = tuple(self._sealed_change(change) for change in commit.changes)
        guard = _sealed_guard(commit.guard) if commit.guard else None
        approval = _sealed_approval(commit.approval) if commit.approval else None
        self._store.commit(Commit(changes, guard, commit.replaced, approval))

    def wait(self, waiting: Guard, before: Guard | None, refund: Guard) -> None:
        """Writes with the seal."""
        requests = [{SEAL: 1, **request} for request in json.loads(waiting.answer)]
        self._store.wait(replace(waiting, answer=json.dumps(requests)), before, _sealed_guard(refund))

    def request(self, approval: Approval, guard: Guard) -> None:
        """Writes with the seal."""
        self._store.request(_sealed_approval(approval), guard)

    def decide(self, approval: Approval) -> None:
        """Writes with the seal."""
        self._store.decide(_sealed_approval(approval))

    def _sealed_change(self, change: Change) -> Change:
        """The outcomes with their seals, in a chain of their own; what follows on a settlement goes on from the sealed account.

        It is known by its identity: this version may have written the same settlement, with the same hash, after one that was lost.
        """
        _plain, before = self._sealed.pop(id(change.before), (None, change.before))
        account = before
        outcomes: list[Outcome] = []
        for outcome in change.outcomes:
            number = seal_of(account.more) + 1
            assert outcome.entry
            entry = replace(outcome.entry, more={SEAL: number})
            entry = replace(entry, hash=chain_hash(account.head_hash, entry))
            account = replace(outcome.account, head_hash=entry.hash, more={**account.more, SEAL: number})
            refund = replace(outcome.refund, more={SEAL: seal_of(outcome.refund.more) + 1}) if outcome.refund else None
            outcomes.append(replace(outcome, account=account, entry=entry, refund=refund))
            if outcome.is_partial:
                self._sealed[id(outcome.account)] = outcome.account, account
        return Change(before, tuple(outcomes))


def seal_of(more: Mapping[str, Any]) -> int:
    """How often the newer version has written; 0 where it never has."""
    return int(more.get(SEAL, 0))


def _sealed_approval(approval: Approval) -> Approval:
    return replace(approval, more={SEAL: seal_of(approval.more) + 1})


def _sealed_guard(guard: Guard) -> Guard:
    """An answer that says more; an approval's id is no object and stays."""
    if not guard.answer.startswith("{"):
        return guard
    answer = json.loads(guard.answer)
    for part in answer.get("parts", ()):
        part[SEAL] = 1
    return replace(guard, answer=json.dumps({**answer, SEAL: 1}))


class Deployment:
    """Which version of the code a request meets: in a third of the histories both, and in half of those this one alone at the end."""

    def __init__(self, rng: random.Random, counts: Counter[str], this: Office, newer: Office) -> None:
        self._rng = rng
        self._counts = counts
        self._this = this
        self._newer = newer
        self._share = 0.5 if rng.random() < 1 / 3 else 0.0
        self._kept: dict[str, Mapping[str, Any]] = {}

    def office(self) -> Office:
        """The version that takes the next request."""
        return self._newer if self._share and self._rng.random() < self._share else self._this

    def end(self) -> None:
        """The newer version is everywhere, or was taken back."""
        if self._share:
            self._share = self._rng.choice((0.0, 1.0))
            self._counts["newer version taken back" if not self._share else "newer version stayed"] += 1

    def note(self, change: Change) -> None:
        """What the newer version keeps in an account was there when it was read. Raises: BrokenLawError."""
        before, after = change.before, change.after
        self.check(before)
        self._kept[before.member_id] = after.more
        if seal_of(after.more) > seal_of(before.more):
            self._counts["newer version wrote"] += 1
        elif after.more:
            self._counts["this version wrote over it"] += 1

    def check(self, account: Account) -> None:
        """An account has all that the newer version keeps in it. Raises: BrokenLawError."""
        kept = self._kept.get(account.member_id, {})
        if kept != account.more:
            raise BrokenLawError(f"two versions: {account.member_id} had {kept}, has {account.more}")
