"""Load, apply the pure core, commit once: the one way in which accounts change."""

from collections.abc import Callable

from regulars.accounts.approvals import Approval
from regulars.accounts.commands import Command, Settle
from regulars.accounts.ledger import Outcome, apply
from regulars.accounts.model import Account
from regulars.accounts.ports import Change, Commit, LedgerStore, MemberRef, Programmes
from regulars.kernel.clock import Clock
from regulars.kernel.idempotency import Guard
from regulars.kernel.retry import Patience

type Outcomes = tuple[Outcome, ...]

type Load = Callable[[], Account]
"""Answers the account to change, read now. Raises: RegularsError."""

type GuardOf = Callable[[Outcomes], Guard]
"""Makes the guard that remembers what commands came to."""

type ApprovalOf = Callable[[Outcomes], Approval | None]
"""Makes the request for a second person, or the decision, that goes with what commands came to."""

type Following = Callable[[Outcomes], Command | None]
"""Answers the next command for the same account and transaction, knowing what those before came to."""


def _no_more(_outcomes: Outcomes) -> Command | None:
    return None


class LedgerWriter:
    """Changes accounts by commands, with bounded patience for lost races."""

    def __init__(self, store: LedgerStore, programmes: Programmes, clock: Clock, patience: Patience) -> None:
        self._store = store
        self._programmes = programmes
        self._clock = clock
        self._patience = patience

    def write(
        self,
        load: Load,
        command: Command | Callable[[], Command],
        guard_of: GuardOf,
        *,
        following: Following = _no_more,
        replaced: Guard | None = None,
        approval_of: ApprovalOf = lambda _outcomes: None,
    ) -> Outcomes:
        """Applies a command, and those that follow from it, to the account that `load` answers, and commits all at once.

        Where more is due than fits one entry, settling commits on its own first. A lost race starts again from `load`, and from a command
        that is made from what was read. `replaced` is what waits under the guard's key and makes room for it; `approval_of` answers the
        request or the decision that is written with it.

        Raises:
            GuardExistsError: the fact was recorded before.
            ConflictError: others kept changing the account.
            RegularsError: the core or `load` refused.
        """

        def once() -> Outcomes:
            account, outcomes = self._applied(load(), command() if callable(command) else command)
            made = outcomes
            while further := following(outcomes):
                *settled, outcome = self._whole(made[-1].account, further)
                made, outcomes = (*made, *settled, outcome), (*outcomes, outcome)
            self._store.commit(Commit((Change(account, made),), guard_of(outcomes), replaced, approval_of(outcomes)))
            return outcomes

        return self._patience.attempt(once)

    def patiently[Result](self, work: Callable[[], Result]) -> Result:
        """Work on what is no account, with the same patience for lost races. Raises: ConflictError, and what `work` raises."""
        return self._patience.attempt(work)

    def write_pair(self, loads: tuple[Load, Load], first: Command, second: Callable[[Outcome], Command], guard_of: GuardOf) -> Outcomes:
        """Applies a command to one account and what follows from it to another, in one transaction.

        Raises: as `write`.
        """

        def once() -> Outcomes:
            giver, given = self._applied(loads[0](), first)
            receiver, received = self._applied(loads[1](), second(given[-1]))
            changes = (Change(giver, given), Change(receiver, received))
            self._store.commit(Commit(changes, guard_of((*given, *received))))
            return (*given, *received)

        return self._patience.attempt(once)

    def preview(self, load: Load, command: Command) -> Outcome:
        """What a command would come to now; nothing is written. Raises: RegularsError, as `write`."""
        return self._whole(load(), command)[-1]

    def _whole(self, account: Account, command: Command) -> Outcomes:
        """What a command comes to, after the settlements that it needs first."""
        outcomes: Outcomes = ()
        while not outcomes or outcomes[-1].is_partial:
            outcomes = (*outcomes, apply(account, command, self._programmes(), self._clock()))
            account = outcomes[-1].account
        return outcomes

    def _applied(self, account: Account, command: Command) -> tuple[Account, Outcomes]:
        """The account before a command and what the command came to; what is due beyond one entry is committed on its own first."""
        while True:
            outcome = apply(account, command, self._programmes(), self._clock())
            if not outcome.is_partial:
                return account, (outcome,)
            self._store.commit(Commit((Change(account, (outcome,)),)))
            account = outcome.account

    def open(self, member_id: str, member: MemberRef | None = None) -> Account:
        """What the account of a member begins with when its first entry is written: the tier of joining, since then."""
        now = self._clock()
        tier, since = (member.tier_at_start, member.activated_at or now) if member else ("", now)
        return Account(member_id, tier, since)

    def settle(self, member_id: str, actor: str) -> bool:
        """Brings an account to now and keeps that; answers whether anything was due (PTS-11). Running it again changes nothing.

        Raises:
            ConflictError: others kept changing the account.
        """

        def once() -> bool:
            account, has_changed = self._store.load(member_id), False
            while account is not None:
                outcome = apply(account, Settle(actor), self._programmes(), self._clock())
                if outcome.entry is None:
                    break
                self._store.commit(Commit((Change(account, (outcome,)),)))
                has_changed = True
                if not outcome.is_partial:
                    break
                account = outcome.account
            return has_changed

        return self._patience.attempt(once)
