"""The end of an account as it is asked for: at once, or after a run-off in which points can be used and none are earned (PTS-22)."""

from collections.abc import Mapping, Sequence
from copy import replace
from datetime import date, timedelta

from regulars.accounts.commands import CancelClosure, CloseAccount
from regulars.accounts.ending import COMPENSATION, end
from regulars.accounts.entries import EntryKind, Posting
from regulars.accounts.errors import AccountClosingError, AccountNotClosingError, ClosureDayError
from regulars.accounts.model import Closing
from regulars.accounts.redeeming import value_of
from regulars.accounts.scene import Scene, Step
from regulars.accounts.settling import Settlement
from regulars.program.model import Programme

RUN_OFF_DAYS_MAX = 366


def close_account(settlement: Settlement, command: CloseAccount, scene: Scene) -> Step:
    """Begins the run-off, or ends the account where there is none."""
    closing, closes_on = settlement.account.closing, command.closes_on or _after_run_off(scene)
    if closing and not command.at_once:
        raise closing_error(closing)
    if command.at_once or closes_on is None:
        account, postings = end(settlement.account, scene.programme, scene.today)
        facts = {"closure_id": command.closure_id, "reason": command.reason}
        settled = settlement.with_postings(account, *postings)
        return Step(EntryKind.CLOSURE, settled, facts).with_detail(**_compensation(postings, scene.programme))
    if not scene.today <= closes_on <= scene.today + timedelta(days=RUN_OFF_DAYS_MAX):
        raise ClosureDayError(days=RUN_OFF_DAYS_MAX)
    closing = Closing(closes_on, scene.now, command.closure_id, command.reason)
    settled = replace(settlement, account=replace(settlement.account, closing=closing))
    return Step(EntryKind.CLOSURE_NOTICE, settled).with_detail(
        closure_id=command.closure_id, reason=command.reason, closes_on=closes_on.isoformat()
    )


def _after_run_off(scene: Scene) -> date | None:
    days = scene.programme.closure.run_off_days
    return scene.today + timedelta(days=days) if days else None


def cancel_closure(settlement: Settlement, command: CancelClosure, _scene: Scene) -> Step:
    """The account goes on; what was bought meanwhile has earned nothing."""
    account = settlement.account
    if account.closing is None:
        raise AccountNotClosingError
    facts = {"cancellation_id": command.cancellation_id, "notice_id": account.closing.notice_id}
    return Step(EntryKind.CLOSURE_CANCELLATION, replace(settlement, account=replace(account, closing=None)), facts)


def closing_error(closing: Closing) -> AccountClosingError:
    """The refusal of what would add to an account that is about to end."""
    return AccountClosingError(closes_on=closing.closes_on.isoformat())


def ended(closing: Closing, settlement: Settlement, programme: Programme) -> Step:
    """The end that time has brought: what the notice said, and what is paid out."""
    facts = {"notice_id": closing.notice_id, "reason": closing.reason}
    return Step(EntryKind.CLOSURE, settlement, facts).with_detail(**_compensation(settlement.postings, programme))


def _compensation(postings: Sequence[Posting], programme: Programme) -> Mapping[str, int]:
    """What the shop pays for the points that are left, in minor units; nothing where they are forfeited."""
    points = -sum(posting.points for posting in postings if posting.rule == COMPENSATION)
    return {"compensation": value_of(programme, points)} if points else {}
