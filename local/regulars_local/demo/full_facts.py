"""A full year's account as plain facts: the books' lines and the stack's entries, laid side by side."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from regulars_local.demo.book_lines import Line
from regulars_local.demo.bookkeeping import Household
from regulars_local.demo.facts import Facts
from regulars_local.demo.statements import Statement

MESSAGES = ("welcome", "tier_changed", "tier_grace", "points_expiring", "points_expired", "points_reversed")


def booked_facts(books: Household) -> Facts:
    """One household's facts by its books."""
    facts: Facts = {}
    for number, line in enumerate(books.lines, 1):
        facts |= _line_facts(number, line)
    available, pending, held, debt = books.lines[-1].balance if books.lines else (0, 0, 0, 0)
    account = {"entries": len(books.lines), "available": available, "pending": pending, "held": held, "debt": debt}
    told = Counter({"welcome": 1})
    for line in books.lines:
        told.update(line.told)
    return facts | _about("account", "", account | {"tier": books.tiers.tier.code}) | _told(told)


def found_facts(statement: Statement, *, is_import: bool = False) -> Facts:
    """One household's facts by the stack; that an import is closed is an entry even where nothing was due, which the books leave out."""
    lines = [(entry["version"], line_of(entry)) for entry in statement.entries]
    if is_import:
        lines = list(enumerate((line for _version, line in lines if line.kind != "settlement" or not line.is_empty), 1))
    facts: Facts = {}
    for number, line in lines:
        facts |= _line_facts(number, line)
    points = statement.points
    account = {name: points[name] for name in ("available", "pending", "held", "debt")} | {"entries": len(lines)}
    told = Counter(message["template"] for message in statement.messages)
    return facts | _about("account", "", account | {"tier": statement.tier["tier"]["code"]}) | _told(told)


def line_of(entry: dict[str, Any]) -> Line:
    """An entry of the statement as a line of the books."""
    moves: Counter[tuple[str, str]] = Counter()
    for posting in entry["postings"]:
        waits = posting["available_from"] and posting["kind"] != "activate"
        moves[posting["kind"] + (" pending" if waits else " debt" if posting["is_debt"] else ""), posting["expires_on"]] += posting[
            "points"
        ]
    changes = entry["tier_changes"]
    return Line(
        entry["kind"],
        datetime.fromisoformat(entry["effective_at"]).astimezone(UTC),
        moves,
        [(_second(change["at"]), f"{change['from_tier']} > {change['to_tier']}", change["cause"]) for change in changes],
        [evaluation["outcome"] for evaluation in entry["evaluations"]],
        [f"{reminder['expires_on']}: {reminder['points']}" for reminder in entry["reminders"]],
        (entry["balance_after"], entry["pending_after"], entry["held_after"], entry["debt_after"]),
    )


def _line_facts(number: int, line: Line) -> Facts:
    moves = ", ".join(f"{kind} {points:+d} {lot}" for (kind, lot), points in sorted(line.moves.items()) if points)
    return _about("entry", number, {
        "kind": line.kind, "at": f"{line.at:%Y-%m-%dT%H:%M:%SZ}", "moves": moves, "changes": str(line.changes),
        "outcomes": ", ".join(line.outcomes), "reminded": ", ".join(line.reminded), "after": " / ".join(map(str, line.balance)),
    })  # fmt: skip


def _told(told: Counter[str]) -> Facts:
    return _about("message", "", {name: told[name] for name in MESSAGES})


def _about(subject: str, which: object, figures: dict[str, object] | dict[str, int]) -> Facts:
    return {(subject, str(which), name): value for name, value in figures.items()}


def _second(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
