"""Refunds in the model: what a part comes to, and where its points are taken from and go to."""

from dataclasses import dataclass, field
from datetime import date

from tests.simulation.model_account import Bought, Member, add, take


@dataclass(frozen=True)
class Part:
    """One part of a purchase that was returned."""

    by_line: dict[int, int] = field(default_factory=dict)
    by_amount: int = 0


def cut(bought: Bought, part: Part) -> Part:
    """A refund that waited for its purchase is cut to what the purchase has."""
    left = bought.amount - sum(bought.refunded.values())
    by_line = {}
    for number, asked in part.by_line.items():
        if 1 <= number <= len(bought.lines):
            by_line[number] = min(asked, left, bought.lines[number - 1][0] - bought.refunded.get(number, 0))
            left -= by_line[number]
    return Part(by_line, min(part.by_amount, left))


def due_after(bought: Bought, part: Part) -> None:
    """What all refunds so far come to in points, spend and returned points: the whole at last, before that rounded down."""
    for number, amount in (*part.by_line.items(), (0, part.by_amount)):
        bought.refunded[number] = bought.refunded.get(number, 0) + amount
    whole, used = bought.amount, sum(points for _ends_on, points in bought.used)
    spend_in_all = sum(eligible for _amount, _points, eligible in bought.lines)
    refunded = sum(bought.refunded.values())
    bought.is_whole = refunded == whole > 0
    if not refunded:
        return
    if bought.is_whole:
        bought.due = (bought.points, spend_in_all, used)
        return
    points = spend = 0
    for number, (amount, of_line, eligible) in enumerate(bought.lines, 1):
        part_of_line = bought.refunded.get(number, 0)
        if part_of_line:
            points += of_line * part_of_line // amount
            spend += eligible * part_of_line // amount
    by_amount = bought.refunded.get(0, 0)
    if by_amount:
        rest = whole - (refunded - by_amount)
        points += (bought.points - points) * by_amount // rest
        spend += (spend_in_all - spend) * by_amount // rest
    bought.due = (points, spend, used * refunded // whole)


def give_back(member: Member, bought: Bought, before: int, after: int, soonest: date) -> None:
    """Points that paid go back to their own days, the longest-lasting first, and can be used for some days at least."""
    skip, left = before, after - before
    for ends_on, points in reversed(bought.used):
        skipped = min(skip, points)
        part = min(left, points - skipped)
        skip, left = skip - skipped, left - part
        member.put(max(ends_on, soonest), part)


def take_back(member: Member, bought: Bought, points: int, today: date, policy: str) -> int:
    """Earned points go: what is still pending, their own lot, then by the policy; of what has ended nothing. Answers how many went."""
    left, own = points, member.lasting(bought.ends_on)
    if bought.usable_from and member.watched and member.watched.case == bought.case:
        key = (bought.usable_from, own)
        part = min(left, member.watched.parts.get(key, 0))
        add(member.watched.parts, key, -part)
        left -= part
        if not member.watched.parts:
            member.watched = None
    if bought.usable_from:
        waiting = (bought.usable_from, own)
        part = min(left, member.pending.get(waiting, 0))
        add(member.pending, waiting, -part)
        left -= part
    if own >= today and policy != "only_pending":
        part = min(left, member.lots.get(own, 0))
        add(member.lots, own, -part)
        left -= part
        left -= sum(taken for _ends_on, taken in take(member.lots, left))
        if policy == "allow_debt":
            member.debt += left
            left = 0
    member.reversed += points - left
    return points - left


def uncount(member: Member, bought: Bought, before: int, after: int) -> None:
    """The rules' counters are given back their part: those of the day only while it is that day's."""
    if not bought.points:
        return
    for name, points in bought.rules.items():
        less = points * after // bought.points - points * before // bought.points
        for counter in (f"day {name}", f"ever {name}", "day ", "ever "):
            period, used = member.used.get(counter, ("", 0))
            if counter in member.used and (counter.startswith("ever") or period == bought.recorded_on.isoformat()):
                member.used[counter] = (period, used - min(less, used))
