"""What must happen in a big enough run, or it proves nothing: every fault, every outcome, every refusal."""

from tests.simulation.processes.weather import Fault

FAULTS = (
    "lost request", "lost answer", "conflict", "crash before", "crash after", "duplicate", "reordered", "late delivery", "interleaved",
    "clock forward", "clock back", "schedule missed, late or twice", "night cut off",
    "newer version wrote", "this version wrote over it", "newer version taken back", "newer version stayed",
)  # fmt: skip

KINDS = (
    "buy", "refund", "reserve", "endhold", "use", "undo", "correct", "give", "do", "exchange", "takeover", "promote", "leave", "stay",
)  # fmt: skip

REFUSALS = (
    "account_closed", "account_closing", "account_not_closing", "activity_limit", "activity_not_self_service",
    "activity_unknown", "already_decided", "cancellation_too_late", "case_ended", "closure_day",
    "expiry_in_past", "hold_ended", "hold_exceeded", "insufficient_points", "member_not_active", "member_not_found", "not_found",
    "occurred_in_future", "order_share_exceeded", "override_ends_in_past", "own_request", "partner_limit", "partner_unknown",
    "points_step", "purchase_too_old", "reason_unknown", "refund_exceeds_purchase", "refund_line_unknown", "refunds_waiting",
    "tier_not_higher", "tier_offer_unknown", "tier_unknown", "too_many_holds", "transfer_limit", "transfer_to_self", "transfers_off",
)  # fmt: skip

OUTCOMES = (
    *(f"{kind} {outcome}" for kind in KINDS for outcome in ("recorded", "replayed")),
    "order permuted", "restored from a snapshot", "retry added", "amounts scaled",
    "refund waits",
    "request pending", "case opened", "case joined", "points released", "points taken",
    "request approved", "request rejected", "dry run", "mismatch refused", "unanswered",
    *(f"refused {code}" for code in REFUSALS),
)  # fmt: skip

ON_THE_EMULATOR = ("buy recorded", "buy replayed", "refund recorded", "lost request", "lost answer", "interleaved", "unanswered")
"""What must happen in a few histories through boto3."""

OF_PROCESSES = (
    *Fault, "killed", "gave up: unavailable", "recorded by a worker", "replayed by a worker", "refused by a worker", "in flight together",
    "imported", "asked twice at once", "explained by another order", "clock skewed", "newer version wrote",
)  # fmt: skip
"""What must happen in a few histories of real processes."""
