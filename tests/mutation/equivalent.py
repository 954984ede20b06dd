"""Mutants that change nothing anybody could see, each with its reason. The run fails when one of them is noticed."""

EQUIVALENT: dict[str, dict[str, str]] = {
    "accounts/earning": {
        "return part if limit is None or part.points <= limit else replace(part, points=limit, line_points=split(limit, part.line_points))"
        " | part.points <= limit -> part.points < limit": "A part cut to the points it has is split into the lines' parts it consists of.",
    },
    "accounts/tiers": {
        "last_instant = at - timedelta(seconds=1) | 1 -> 2": "One second and two before a midnight lie on the same day.",
    },
    "accounts/moving": {
        "lengths = {Period.DAY: 10, Period.MONTH: 7, Period.YEAR: 4, Period.EVER: 0} | 10 -> 11": "A day's text is ten characters long.",
    },
    "accounts/refunds": {
        "if purchase is None or purchase.is_waiting:"
        " | purchase is None or purchase.is_waiting -> purchase is None and purchase.is_waiting #2": (
            "A purchase that refunds wait for has no state of refunds yet, so that no entry is found either."
        ),
    },
}
"""Reasons by module and name of the mutant."""
