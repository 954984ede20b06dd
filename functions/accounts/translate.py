"""Between the accounts' language and the wire's."""

from typing import Any

from functions.accounts.wire import (
    EarnedPartResponse,
    EntryResponse,
    ExpiringResponse,
    ExplanationResponse,
    FactorResponse,
    LineResponse,
    PendingResponse,
    PointsResponse,
    PostingResponse,
    PurchaseRequest,
    PurchaseResponse,
    RecordedPurchaseResponse,
    TierChangeResponse,
    TierNameResponse,
    TierResponse,
)
from regulars.accounts.answers import EarnedPart, PurchaseAnswer
from regulars.accounts.commands import RecordPurchase
from regulars.accounts.entries import Entry, Line, Posting, PostingKind, TierChange
from regulars.accounts.model import NEVER
from regulars.accounts.progress import Standing
from regulars.kernel.ids import derived_id
from regulars.kernel.language import Language, Text
from regulars.kernel.principal import Principal, Scope
from regulars.program.model import Programme, ProgrammeHistory
from regulars.program.qualifying import Factor

_BASE = Text(
    "{points} points at {rate} per unit spent, the rate of {tier}.",
    "获得 {points} 积分：按{tier}等级每消费 1 个货币单位累计 {rate} 积分。",
)


def command_of(body: PurchaseRequest, principal: Principal) -> RecordPurchase:
    """The command of a request."""
    return RecordPurchase(
        purchase_id=derived_id("pur", "purchase", body.source, body.reference),
        source=body.source,
        reference=body.reference,
        store_id=body.store_id,
        channel=body.channel,
        occurred_at=body.occurred_at,
        currency=body.currency,
        lines=tuple(Line(line.sku, line.category, line.quantity, line.amount) for line in body.lines),
        actor=principal.actor,
        may_import=Scope.PURCHASES_IMPORT in principal.scopes,
    )


def content_of(body: PurchaseRequest) -> dict[str, object]:
    """What makes two requests the same: everything but a rotating token, of which the card's number counts."""
    content = body.model_dump(mode="json", exclude={"card_token"})
    if body.card_token:
        content["card_number"] = body.card_token.split(".")[1] if body.card_token.count(".") >= 2 else body.card_token
    return content


def explain(part: EarnedPart, programme: Programme, language: Language) -> ExplanationResponse:
    """A part of the points in words; `programme` is the one that gave them."""
    rate = f"{part.rate_thousandths // 1000}.{part.rate_thousandths % 1000:03d}".rstrip("0").rstrip(".")
    tier = programme.tiers[programme.tier_index(part.tier)].name.in_language(language)
    text = _BASE.render(language, points=part.points, rate=rate, tier=tier)
    return ExplanationResponse(code="earned_base", params={"points": part.points, "rate": rate, "tier": part.tier}, text=text)


def purchase_response(answer: PurchaseAnswer, programmes: ProgrammeHistory, language: Language) -> PurchaseResponse:
    """What a purchase came to."""
    return PurchaseResponse(**_purchase_fields(answer, programmes, language))


def _purchase_fields(answer: PurchaseAnswer, programmes: ProgrammeHistory, language: Language) -> dict[str, Any]:
    programme = programmes.number(answer.program_version).programme
    return {
        "purchase_id": answer.purchase_id,
        "entry_id": answer.entry_id,
        "member_id": answer.member_id,
        "points_earned": answer.points,
        "points_available_from": answer.available_from,
        "points_expire_on": answer.expires_on,
        "parts": tuple(
            EarnedPartResponse(rule=part.rule, points=part.points, explanation=explain(part, programme, language)) for part in answer.parts
        ),
        "eligible_amount": answer.eligible_amount,
        "balance": answer.balance,
        "pending": answer.pending,
        "tier": answer.tier,
        "tier_before": answer.tier_before,
        "tier_changed": answer.tier != answer.tier_before,
        "program_version": answer.program_version,
    }


def recorded_purchase_response(
    answer: PurchaseAnswer, entry: Entry, programmes: ProgrammeHistory, language: Language
) -> RecordedPurchaseResponse:
    """A recorded purchase, whole."""
    purchase = entry.purchase
    if purchase is None:
        raise ValueError("not the entry of a purchase")
    return RecordedPurchaseResponse(
        **_purchase_fields(answer, programmes, language),
        source=purchase.source,
        reference=purchase.reference,
        store_id=purchase.store_id,
        channel=purchase.channel,
        occurred_at=entry.effective_at,
        recorded_at=entry.recorded_at,
        currency=purchase.currency,
        amount=purchase.amount,
        lines=tuple(
            LineResponse(sku=line.sku, category=line.category, quantity=line.quantity, amount=line.amount, points=points)
            for line, points in ((item.line, item.points) for item in purchase.lines)
        ),
    )


def points_response(standing: Standing) -> PointsResponse:
    """The balance."""
    account = standing.account
    return PointsResponse(
        member_id=account.member_id,
        available=standing.available,
        pending=standing.pending,
        held=0,
        debt=0,
        expiring=tuple(ExpiringResponse(points=item.points, expires_on=item.expires_on) for item in standing.expiring),
        pending_until=tuple(PendingResponse(points=points, available_from=day) for day, points in standing.pending_until),
        lifetime_points=account.earned_total,
        spent_total=account.spent_total,
        expired_total=account.expired_total,
        account_version=account.version,
    )


def tier_response(standing: Standing, benefits: tuple[TierNameResponse, ...]) -> TierResponse:
    """Tier and progress."""
    following = standing.next_tier
    return TierResponse(
        member_id=standing.account.member_id,
        tier=TierNameResponse(code=standing.tier.code, name=standing.tier.name),
        since=standing.account.tier_since if standing.account.version else None,
        points_per_unit_thousandths=standing.tier.points_per_unit_thousandths,
        next_tier=TierNameResponse(code=following.code, name=following.name) if following else None,
        factors=tuple(_factor(standing, factor) for factor in Factor),
        review_on=standing.review_on,
        benefits=benefits,
        history=tuple(_change(change) for change in reversed(standing.history)),
        program_version=standing.program_version,
    )


def _factor(standing: Standing, factor: Factor) -> FactorResponse:
    """One factor: what was reached and, where the next tier asks for it, how much is missing."""
    value = standing.figures[factor]
    target = standing.next_tier.thresholds.get(factor) if standing.next_tier else None
    return FactorResponse(
        factor=factor.value,
        value=value,
        target=target,
        missing=max(0, target - value) if target is not None else None,
        window_from=None if factor is Factor.LOYALTY_MONTHS else standing.window_from,
        currency=standing.currency if factor is Factor.SPEND else None,
    )


def _change(change: TierChange) -> TierChangeResponse:
    return TierChangeResponse(
        at=change.at,
        from_tier=change.from_tier,
        to_tier=change.to_tier,
        cause=change.cause.value,
        program_version=change.program_version,
    )


def entry_response(entry: Entry) -> EntryResponse:
    """One entry of the statement."""
    purchase = entry.purchase
    return EntryResponse(
        entry_id=entry.entry_id,
        version=entry.version,
        kind=entry.kind.value,
        points=sum(posting.points for posting in entry.postings if not _is_pending(posting)),
        postings=tuple(_posting(posting) for posting in entry.postings),
        purchase_id=purchase.purchase_id if purchase else None,
        source=purchase.source if purchase else None,
        reference=purchase.reference if purchase else None,
        amount=purchase.amount if purchase else None,
        currency=purchase.currency if purchase else None,
        tier_changes=tuple(_change(change) for change in entry.tier_changes),
        program_version=entry.program_version,
        effective_at=entry.effective_at,
        recorded_at=entry.recorded_at,
        actor=entry.actor,
        balance_after=entry.balance_after,
        pending_after=entry.pending_after,
        hash=entry.hash,
    )


def _is_pending(posting: Posting) -> bool:
    return posting.kind is PostingKind.EARN and posting.available_from is not None


def _posting(posting: Posting) -> PostingResponse:
    return PostingResponse(
        kind=posting.kind.value,
        points=posting.points,
        expires_on=None if posting.lot == NEVER else posting.lot,
        rule=posting.rule or None,
        available_from=posting.available_from,
    )
