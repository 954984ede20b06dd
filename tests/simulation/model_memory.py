"""The model's memory: members, and what later facts ask of earlier ones."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self

from regulars.program.model import ProgrammeHistory
from tests.simulation.facts import Correct, Fact, Judge, SetTier, Starts
from tests.simulation.model_account import Bought, Member, midnight
from tests.simulation.model_earning import last_day
from tests.simulation.model_tiers import TierRules


class RefusedError(Exception):
    """The model would refuse this; `reasons` are the codes that hold."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = frozenset(reasons)


@dataclass
class Request:
    """What waits for, or was decided by, a second person."""

    fact: Correct | SetTier | Judge
    status: str = "pending"


class Memory:
    """All that is known, and how time passes; the facts themselves are applied by those that build on this."""

    def __init__(self, history: ProgrammeHistory, starts: Starts | None = None) -> None:
        self.history = history
        self.starts = starts or {}
        self.tiers = TierRules(history)
        self.members: dict[str, Member] = {}
        self.purchases: dict[str, tuple[str, Bought]] = {}
        self.redemptions: dict[str, tuple[datetime, list[tuple[date, int]]]] = {}
        self.held: dict[str, str] = {}
        self.waiting: dict[str, list[str]] = {}
        self.requests: dict[str, Request] = {}
        self.recorded: set[str] = set()
        self.gifts: dict[str, list[tuple[date, int]]] = {}
        self.moved = 0
        self.commands: dict[type[Fact], Callable[[Member, Fact, datetime], None]] = {}

    def copy(self) -> Self:
        """Another of the same, to be changed freely."""
        twin = type(self)(self.history, self.starts)
        twin.members = {name: member.copy() for name, member in self.members.items()}
        twin.purchases = {
            name: (member, replace(bought, refunded=dict(bought.refunded))) for name, (member, bought) in self.purchases.items()
        }
        twin.redemptions, twin.held, twin.gifts = dict(self.redemptions), dict(self.held), dict(self.gifts)
        twin.waiting = {name: list(waiting) for name, waiting in self.waiting.items()}
        twin.requests = {name: replace(request) for name, request in self.requests.items()}
        twin.recorded, twin.moved = set(self.recorded), self.moved
        return twin

    def fingerprint(self) -> str:
        """Two models with the same one say the same of everything that may come."""
        parts = (self.members, self.purchases, self.redemptions, self.held, self.waiting, self.requests, self.gifts)
        return repr([sorted(self.recorded), *(sorted(part.items(), key=lambda item: item[0]) for part in parts)])

    # --- time -------------------------------------------------------------------------------------------------------
    def view(self, member_id: str, now: datetime) -> Member:
        """A member at an instant, whether or not a job ran; nothing is kept."""
        member = self.members.get(member_id)
        found = member.copy() if member else self._new(member_id, now)
        self._bring(found, now)
        return found

    def _new(self, member_id: str, as_of: datetime) -> Member:
        """Somebody nothing was recorded for: at the tier of joining since then, or at the lowest one from now on (TIER-14)."""
        tier, joined_at = self.starts.get(member_id, ("", as_of))
        since = min(joined_at, as_of)
        rules = self.tiers.at(since)
        if tier not in [above.code for above in rules.tiers[1:]]:
            return Member(self.tiers.at(as_of).tiers[0].code, self.tiers.number_at(as_of))
        member = Member(tier, self.tiers.number_at(since))
        member.review = self.tiers.next_review(member, rules, self.tiers.day(since))
        return member

    def _bring(self, member: Member, now: datetime) -> None:
        """Time passes, up to the end of the account if that comes first (law X2: however late it is looked at)."""
        end = midnight(member.leaving.last_day + timedelta(days=1), self.tiers.zone) if member.leaving else None
        until = min(now, end) if end else now
        member.pass_time(until, self.tiers.day(until), self.tiers.zone)
        self.tiers.pass_time(member, until)
        if until == end:
            member.end(self.tiers.day(until), is_paid=self.tiers.at(until).closure.remaining == "compensate")

    def settled(self, member_id: str, now: datetime) -> Member:
        """A settlement was recorded: imports cannot go back before it."""
        member = self.members.setdefault(member_id, self._new(member_id, now))
        self._bring(member, now)
        member.evaluated_at = max(member.evaluated_at, now)
        return member

    def _be_active(self, member: Member, as_of: datetime, day: date) -> None:
        rules = self.tiers.at(as_of)
        if rules.expiry.policy == "inactivity":
            target = last_day(rules, day)
            if target >= self.tiers.day(as_of):
                member.prolong(day, target)

    @staticmethod
    def _refuse(**reasons: bool) -> None:
        holding = [name for name, holds in reasons.items() if holds]
        if holding:
            raise RefusedError(*holding)
