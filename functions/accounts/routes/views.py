"""What is read of an account, the same for the member and for staff."""

from functions.accounts.translate.explaining import explain_entry
from functions.accounts.translate.points import entry_response, points_response
from functions.accounts.translate.tiers import history_item, tier_response
from functions.accounts.wire.points import EntryExplanationResponse, EntryPageResponse, EntryResponse, PointsResponse
from functions.accounts.wire.tiers import TierHistoryResponse, TierNameResponse, TierResponse
from regulars.kernel.language import Language
from regulars.kernel.wire import PageQuery
from regulars.wiring import wiring


def points_of(member_id: str) -> PointsResponse:
    """The balance."""
    return points_response(wiring().accounts.standing(member_id))


def entries_of(member_id: str, query: PageQuery, *, is_own: bool) -> EntryPageResponse:
    """A page of the statement."""
    page = wiring().accounts.entries(member_id, query.limit, query.cursor)
    items = tuple(entry_response(entry, is_own=is_own) for entry in page.items)
    return EntryPageResponse(items=items, next_cursor=page.next_cursor)


def entry_of(member_id: str, entry_id: str, *, is_own: bool) -> EntryResponse:
    """One entry."""
    return entry_response(wiring().accounts.entry(member_id, entry_id), is_own=is_own)


def explanation_of(member_id: str, entry_id: str, language: Language) -> EntryExplanationResponse:
    """One entry in words."""
    return explain_entry(wiring().accounts.entry(member_id, entry_id), wiring().program.history(), language)


def tier_of(member_id: str) -> TierResponse:
    """Tier and progress with the benefits of today's programme."""
    standing = wiring().accounts.standing(member_id)
    programme = wiring().program.history().at(wiring().accounts.now()).programme
    benefits = tuple(TierNameResponse(code=item.code, name=item.name) for item in programme.benefits_of(standing.tier.code))
    return tier_response(standing, benefits)


def tier_history_of(member_id: str, query: PageQuery) -> TierHistoryResponse:
    """A page of the tier's history."""
    page = wiring().accounts.tier_history(member_id, query.limit, query.cursor)
    return TierHistoryResponse(items=tuple(history_item(entry) for entry in page.items), next_cursor=page.next_cursor)
