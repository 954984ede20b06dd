"""Load, apply the pure core, commit once: the one way in which an account changes."""

from collections.abc import Callable

from regulars.accounts.commands import Command, Settle
from regulars.accounts.ledger import Outcome, apply
from regulars.accounts.model import Account, new_account
from regulars.accounts.ports import LedgerStore, Programmes
from regulars.kernel.clock import Clock
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import Patience

type GuardOf = Callable[[Outcome], Guard]
"""Makes the guard that remembers an outcome."""


class LedgerWriter:
    """Changes accounts by commands, with bounded patience for lost races."""

    def __init__(self, store: LedgerStore, programmes: Programmes, clock: Clock, patience: Patience) -> None:
        self._store = store
        self._programmes = programmes
        self._clock = clock
        self._patience = patience

    def write(self, load: Callable[[], Account | None], command: Command, guard_of: GuardOf | None = None) -> Outcome | None:
        """Applies a command to the account that `load` answers and commits; `None` when there is no account.

        Where more is due than fits one entry, settling commits on its own first. A lost race starts again from `load`.

        Raises:
            GuardExistsError: the fact was recorded before.
            ConflictError: others kept changing the account.
            RegularsError: the core or `load` refused.
        """

        def once() -> Outcome | None:
            account = load()
            while account is not None:
                outcome = apply(account, command, self._programmes(), self._clock())
                if outcome.entry is None:
                    return outcome
                self._store.commit(account, outcome, guard_of(outcome) if guard_of and not outcome.is_partial else None)
                if not outcome.is_partial:
                    return outcome
                account = outcome.account
            return None

        return self._patience.attempt(once)

    def open(self, member_id: str) -> Account:
        """The account of a member nothing was recorded for yet; written with its first entry."""
        now = self._clock()
        return new_account(member_id, self._programmes().at(now), now)

    def settle(self, member_id: str, actor: str) -> bool:
        """Brings an account to now and keeps that; answers whether anything was due (PTS-11). Running it again changes nothing.

        Raises:
            ConflictError: others kept changing the account.
        """
        outcome = self.write(lambda: self._store.load(member_id), Settle(actor))
        return outcome is not None and outcome.entry is not None
