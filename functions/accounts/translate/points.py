"""The balance and the statement between the accounts' language and the wire's."""

from functions.accounts.translate.parts import shown_detail
from functions.accounts.translate.tiers import change_response, evaluation_response
from functions.accounts.wire.points import (
    EntryResponse,
    ExpiringResponse,
    OpenHoldResponse,
    PendingResponse,
    PointsResponse,
    PostingResponse,
    ReminderResponse,
    UnderReviewResponse,
)
from regulars.accounts.entries import Entry, Posting
from regulars.accounts.model import NEVER
from regulars.accounts.movement import changes_available
from regulars.accounts.progress import Standing

STAFFS_OWN = frozenset({"note", "limit"})
"""Facts of an entry for staff alone, what they wrote and which limit was exceeded: a member's own statement leaves them out."""


def points_response(standing: Standing) -> PointsResponse:
    """The balance."""
    account = standing.account
    return PointsResponse(
        member_id=account.member_id,
        available=standing.available,
        pending=standing.pending,
        held=standing.held,
        debt=standing.debt,
        expiring=tuple(ExpiringResponse(points=item.points, expires_on=item.expires_on) for item in standing.expiring),
        pending_until=tuple(PendingResponse(points=points, available_from=day) for day, points in standing.pending_until),
        under_review=UnderReviewResponse(points=account.case.points, releases_on=account.case.releases_on) if account.case else None,
        holds=tuple(
            OpenHoldResponse(hold_id=hold_id, points=hold.points, expires_at=hold.expires_at) for hold_id, hold in account.holds.items()
        ),
        lifetime_points=account.earned_total,
        spent_total=account.spent_total,
        expired_total=account.expired_total,
        reversed_total=account.reversed_total,
        closes_on=account.closing.closes_on if account.closing else None,
        is_closed=account.is_closed,
        account_version=account.version,
    )


def entry_response(entry: Entry, *, is_own: bool) -> EntryResponse:
    """One entry of the statement; a member's own has no notes that staff wrote for staff."""
    purchase, detail = entry.purchase, shown_detail(entry.detail, hidden=STAFFS_OWN if is_own else frozenset())
    source, reference, amount = (detail.get(name) for name in ("source", "reference", "amount"))
    return EntryResponse(
        entry_id=entry.entry_id,
        version=entry.version,
        kind=entry.kind.value,
        points=sum(posting.points for posting in entry.postings if changes_available(posting)),
        postings=tuple(_posting(posting) for posting in entry.postings),
        purchase_id=purchase.purchase_id if purchase else _text(detail.get("purchase_id")),
        source=purchase.source if purchase else _text(source),
        reference=purchase.reference if purchase else _text(reference),
        amount=purchase.amount if purchase else int(amount) if amount is not None else None,
        currency=purchase.currency if purchase else None,
        detail=detail,
        tier_changes=tuple(change_response(change) for change in entry.tier_changes),
        evaluations=tuple(evaluation_response(evaluation) for evaluation in entry.evaluations),
        reminders=tuple(ReminderResponse(expires_on=item.expires_on, points=item.points) for item in entry.reminders),
        program_version=entry.program_version,
        effective_at=entry.effective_at,
        recorded_at=entry.recorded_at,
        actor=entry.actor,
        balance_after=entry.balance_after,
        pending_after=entry.pending_after,
        held_after=entry.held_after,
        debt_after=entry.debt_after,
        hash=entry.hash,
    )


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)


def _posting(posting: Posting) -> PostingResponse:
    return PostingResponse(
        kind=posting.kind.value,
        points=posting.points,
        expires_on=None if posting.lot == NEVER else posting.lot,
        rule=posting.rule or None,
        available_from=posting.available_from,
        is_debt=posting.is_debt,
    )
