"""Tiers between the accounts' language and the wire's."""

from functions.accounts.translate.parts import movement_fields, shown_detail
from functions.accounts.wire.tiers import (
    EvaluationResponse,
    FactorResponse,
    FigureResponse,
    GraceResponse,
    GrantedResponse,
    TierChangeResponse,
    TierHistoryItemResponse,
    TierNameResponse,
    TierPurchaseResponse,
    TierResponse,
)
from regulars.accounts.answers import MovementAnswer
from regulars.accounts.entries import Entry, Evaluation, TierChange
from regulars.accounts.progress import Standing
from regulars.program.qualifying import Factor


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
        granted=_granted(standing),
        grace=_grace(standing),
        benefits=benefits,
        history=tuple(change_response(change) for change in reversed(standing.history)),
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


def _granted(standing: Standing) -> GrantedResponse | None:
    granted = standing.account.granted
    if granted is None:
        return None
    return GrantedResponse(tier=granted.tier, ends_on=granted.ends_on, cause=granted.cause.value, earned_tier=granted.base)


def _grace(standing: Standing) -> GraceResponse | None:
    grace = standing.account.grace
    if grace is None:
        return None
    shortfall = tuple(FigureResponse(factor=factor.value, value=value) for factor, value in standing.shortfall.items())
    return GraceResponse(until=grace.until, shortfall=shortfall)


def change_response(change: TierChange) -> TierChangeResponse:
    """One change of tier."""
    return TierChangeResponse(
        at=change.at,
        from_tier=change.from_tier,
        to_tier=change.to_tier,
        cause=change.cause.value,
        program_version=change.program_version,
    )


def evaluation_response(evaluation: Evaluation) -> EvaluationResponse:
    """One look at a tier."""
    figures = zip(Factor, evaluation.figures, strict=True)
    return EvaluationResponse(
        at=evaluation.at,
        first_month=evaluation.first_month,
        last_month=evaluation.last_month,
        figures=tuple(FigureResponse(factor=factor.value, value=value) for factor, value in figures),
        tier=evaluation.tier,
        qualified=evaluation.qualified,
        outcome=evaluation.outcome.value,
        program_version=evaluation.program_version,
    )


def history_item(entry: Entry) -> TierHistoryItemResponse:
    """An entry of the tier's history with its evidence."""
    return TierHistoryItemResponse(
        entry_id=entry.entry_id,
        kind=entry.kind.value,
        recorded_at=entry.recorded_at,
        actor=entry.actor,
        changes=tuple(change_response(change) for change in entry.tier_changes),
        evaluations=tuple(evaluation_response(evaluation) for evaluation in entry.evaluations),
        purchase_id=entry.purchase.purchase_id if entry.purchase else None,
        detail=shown_detail(entry.detail),
    )


def tier_purchase_response(answer: MovementAnswer) -> TierPurchaseResponse:
    """A tier that points bought."""
    facts = {name: answer.detail[name] for name in ("tier_purchase_id", "offer", "ends_on")}
    return TierPurchaseResponse.model_validate({**movement_fields(answer), **facts})
