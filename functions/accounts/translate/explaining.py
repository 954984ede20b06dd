"""What an entry did, in words: which rule, at what rate, under which version, until when, and why (issue "Earning rules")."""

from collections.abc import Callable, Iterator

from functions.accounts.translate import words
from functions.accounts.wire.parts import ExplanationResponse
from functions.accounts.wire.points import EntryExplanationResponse, ExplainedPartResponse
from regulars.accounts.answers import EarnedPart
from regulars.accounts.ending import COMPENSATION
from regulars.accounts.entries import Entry, EntryKind, Evaluation, Posting, PostingKind, TierChange
from regulars.accounts.model import NEVER
from regulars.kernel.language import Language, Text
from regulars.program.earning import BASE_RULE, MultiplierEffect, RateEffect
from regulars.program.model import Programme, ProgrammeHistory

type Figures = dict[str, str | int]

_SIMPLE = {
    PostingKind.HOLD: "held",
    PostingKind.HOLD_COMMIT: "hold_used",
    PostingKind.HOLD_RELEASE: "hold_released",
    PostingKind.EXPIRE: "expired",
    PostingKind.TRANSFER_IN: "received",
    PostingKind.TRANSFER_OUT: "given",
    PostingKind.DEBT_REPAY: "debt_repaid",
}
_ADDED = frozenset(
    {PostingKind.EARN, PostingKind.EARN_BONUS, PostingKind.ADJUST, PostingKind.REDEEM_RETURN, PostingKind.TRANSFER_IN}
)  # fmt: skip


def explain_part(part: EarnedPart, programme: Programme, language: Language) -> ExplanationResponse:
    """Points of a purchase that one rule gave, in words; `programme` is the one that gave them."""
    code, figures = _earned(part, programme, language)
    return ExplanationResponse(code=f"earned_{code}", params=figures, text=_render(words.EARNED[code], language, figures, part, programme))


def _render(text: Text, language: Language, figures: Figures, part: EarnedPart, programme: Programme) -> str:
    return text.render(language, **{**figures, "tier": _tier_name(programme, part.tier, language)})


def _earned(part: EarnedPart, programme: Programme, language: Language) -> tuple[str, Figures]:
    if part.rule == BASE_RULE:
        return "base", {"points": part.points, "rate": _thousandths(part.rate_thousandths), "tier": part.tier}
    rule = next((rule for rule in programme.earning.rules if rule.code == part.rule), None)
    figures: Figures = {"points": part.points, "rule": rule.name.in_language(language) if rule else part.rule}
    if rule and isinstance(rule.effect, RateEffect):
        return "rate", {**figures, "rate": _thousandths(rule.effect.points_per_unit_thousandths)}
    if rule and isinstance(rule.effect, MultiplierEffect):
        return "multiplier", {**figures, "times": _thousandths(rule.effect.thousandths)}
    return "bonus", figures


def _thousandths(value: int) -> str:
    return f"{value // 1000}.{value % 1000:03d}".rstrip("0").rstrip(".")


def _tier_name(programme: Programme, code: str, language: Language) -> str:
    return next((tier.name.in_language(language) for tier in programme.tiers if tier.code == code), code)


def explain_entry(entry: Entry, programmes: ProgrammeHistory, language: Language) -> EntryExplanationResponse:
    """Each part of an entry in words."""
    programme = programmes.number(entry.program_version).programme
    return EntryExplanationResponse(
        entry_id=entry.entry_id,
        kind=entry.kind.value,
        program_version=entry.program_version,
        title=words.TITLES[entry.kind].render(language),
        parts=tuple(_parts(entry, programme, programmes, language)),
    )


def _parts(entry: Entry, programme: Programme, programmes: ProgrammeHistory, language: Language) -> Iterator[ExplainedPartResponse]:
    for posting in entry.postings:
        explanation = _posting(entry, posting, programme, language)
        yield ExplainedPartResponse(kind=posting.kind.value, points=posting.points, explanation=explanation)
    yield from _closure(entry, language)
    for change in entry.tier_changes:
        yield ExplainedPartResponse(kind="tier_change", points=0, explanation=_change(change, programmes, language))
    for evaluation in entry.evaluations:
        yield ExplainedPartResponse(kind="evaluation", points=0, explanation=_evaluation(evaluation, programmes, language))
    for reminder in entry.reminders:
        figures: Figures = {"points": reminder.points, "day": reminder.expires_on.isoformat()}
        explanation = _explanation("reminded", words.POSTINGS["reminded"], figures, language)
        yield ExplainedPartResponse(kind="reminder", points=0, explanation=explanation)


def _closure(entry: Entry, language: Language) -> Iterator[ExplainedPartResponse]:
    """What an account's coming end means for an entry."""
    code = {EntryKind.CLOSURE_NOTICE: "ends", EntryKind.CLOSURE_CANCELLATION: "goes_on"}.get(entry.kind, "nothing_earned")
    if code == "goes_on" or "closes_on" in entry.detail:
        figures: Figures = {"day": entry.detail["closes_on"]} if code != "goes_on" else {}
        yield ExplainedPartResponse(kind="closure", points=0, explanation=_explanation(code, words.CLOSURE[code], figures, language))


def _posting(entry: Entry, posting: Posting, programme: Programme, language: Language) -> ExplanationResponse:
    if entry.purchase and posting.kind in {PostingKind.EARN, PostingKind.EARN_BONUS}:
        part = EarnedPart(posting.rule, entry.purchase.tier, entry.purchase.rate_thousandths, posting.points)
        explained = explain_part(part, programme, language)
    else:
        code, more = _moved(entry, posting, programme, language)
        figures: Figures = {"points": abs(posting.points), "day": posting.lot.isoformat(), **more}
        explained = _explanation(code, words.POSTINGS[code], figures, language)
    lasting = _lasting(posting, is_held="case_id" in entry.detail)
    sentences = [explained.text, *(text.render(language, day=day) for text, day in lasting)]
    if posting.kind is PostingKind.ADJUST and entry.detail.get("approved_by"):
        sentences.append(words.POSTINGS["approved"].render(language))
    between = "" if language == "zh-CN" else " "
    return explained.model_copy(update={"text": between.join(sentences)})


def _explanation(code: str, text: Text, figures: Figures, language: Language) -> ExplanationResponse:
    return ExplanationResponse(code=code, params=figures, text=text.render(language, **figures))


def _moved(entry: Entry, posting: Posting, programme: Programme, language: Language) -> tuple[str, Figures]:
    """The code of what a posting did, and its figures beyond points and day."""
    kind = posting.kind
    if kind in _SIMPLE:
        return _SIMPLE[kind], {}
    if kind is PostingKind.EARN_BONUS:
        return _given_for(entry, programme, language)
    if kind is PostingKind.REDEEM:
        return _redeemed(entry, posting, programme, language)
    if kind is PostingKind.ADJUST and entry.kind is not EntryKind.OPENING_BALANCE:
        return ("adjusted_up" if posting.points > 0 else "adjusted_down"), {"reason": posting.rule}
    if kind in _OF_CASES:
        return _OF_CASES[kind](entry, posting)
    return _returned(entry, posting), {}


def _activated(entry: Entry, _posting: Posting) -> tuple[str, Figures]:
    is_released = any(posting.kind is PostingKind.RESUME for posting in entry.postings)
    return "released" if is_released else "activated", {}


def _suspended(entry: Entry, posting: Posting) -> tuple[str, Figures]:
    """Held with its purchase, or held on in a lot that lasts longer."""
    is_own = entry.purchase is not None and -posting.points == entry.purchase.points and "releases_on" in entry.detail
    return ("suspended", {"until": entry.detail["releases_on"]}) if is_own else ("suspended_again", {})


_OF_CASES: dict[PostingKind, Callable[[Entry, Posting], tuple[str, Figures]]] = {
    PostingKind.ACTIVATE: _activated,
    PostingKind.SUSPEND: _suspended,
    PostingKind.RESUME: lambda entry, _posting: ("resumed_late" if entry.kind is EntryKind.SETTLEMENT else "resumed", {}),
    PostingKind.FORFEIT: lambda entry, _posting: ("taken" if entry.kind is EntryKind.CASE_DECISION else "forfeited", {}),
}
"""What may have to do with points that are held for a look."""


def _returned(entry: Entry, posting: Posting) -> str:
    if posting.kind is PostingKind.EXTEND:
        return "extended_to" if posting.points > 0 else "extended_from"
    if posting.kind is PostingKind.REDEEM_RETURN:
        return "refund_returned" if entry.kind is EntryKind.REFUND else "cancellation_returned"
    if posting.kind is PostingKind.REFUND_REVERSAL:
        return "taken_back_debt" if posting.is_debt else "taken_back_pending" if posting.available_from else "taken_back"
    return "opening_balance"


def _given_for(entry: Entry, programme: Programme, language: Language) -> tuple[str, Figures]:
    """What an activity or a partner gave."""
    if entry.kind is EntryKind.PARTNER_CREDIT:
        names = {partner.code: partner.name.in_language(language) for partner in programme.partners}
        partner = str(entry.detail["partner"])
        return "earned_partner", {"partner": names.get(partner, partner), "partner_points": entry.detail["partner_points"]}
    activities = {activity.code: activity.name.in_language(language) for activity in programme.activities}
    activity = str(entry.detail["activity"])
    return "earned_activity", {"activity": activities.get(activity, activity)}


def _redeemed(entry: Entry, posting: Posting, programme: Programme, language: Language) -> tuple[str, Figures]:
    if entry.kind is EntryKind.TIER_PURCHASE:
        tier = _tier_name(programme, str(entry.detail["tier"]), language)
        return "tier_bought", {"tier": tier, "ends_on": entry.detail["ends_on"]}
    if posting.rule == COMPENSATION:
        return "compensated", {}
    return "redeemed", {"purpose": entry.detail["purpose"]}


def _lasting(posting: Posting, *, is_held: bool) -> Iterator[tuple[Text, str]]:
    """From when and until when added points can be used; when held ones can, nobody knows yet."""
    if posting.kind not in _ADDED or posting.points < 0:
        return
    if posting.available_from and not is_held:
        yield words.USABLE_FROM, posting.available_from.isoformat()
    if posting.lot == NEVER:
        yield words.LASTS_FOR_EVER, ""
    else:
        yield words.LASTS, posting.lot.isoformat()


def _change(change: TierChange, programmes: ProgrammeHistory, language: Language) -> ExplanationResponse:
    programme = programmes.number(change.program_version).programme
    figures: Figures = {"from_tier": change.from_tier, "to_tier": change.to_tier, "cause": change.cause.value}
    names = {name: _tier_name(programme, str(figures[name]), language) for name in ("from_tier", "to_tier")}
    text = words.TIER_CHANGED.render(language, **names, cause=words.CAUSES[change.cause].render(language))
    return ExplanationResponse(code="tier_changed", params={**figures, "program_version": change.program_version}, text=text)


def _evaluation(evaluation: Evaluation, programmes: ProgrammeHistory, language: Language) -> ExplanationResponse:
    programme = programmes.number(evaluation.program_version).programme
    months: Figures = {"first_month": evaluation.first_month, "last_month": evaluation.last_month}
    text = words.EVALUATED.render(
        language,
        **months,
        qualified=_tier_name(programme, evaluation.qualified, language),
        outcome=words.OUTCOMES[evaluation.outcome].render(language),
    )
    figures: Figures = {**months, "qualified": evaluation.qualified, "outcome": evaluation.outcome.value}
    return ExplanationResponse(code="tier_evaluated", params={**figures, "program_version": evaluation.program_version}, text=text)
