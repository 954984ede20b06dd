"""Bar 2: what it costs to use or to hold points that lie in any number of lots; by the meter, through the function in process."""

from collections.abc import Mapping

from functions.accounts.handler import app
from regulars.kernel.principal import Scope
from regulars.members.card import card_number
from regulars.program.model import ProgrammeHistory
from regulars.program.presets import preset
from regulars.wiring import use
from tests.benchmarks.figures import Figure
from tests.benchmarks.scene import MEMBER, Scene
from tests.support.accounts import changed, history
from tests.support.calls import Caller, machine
from tests.support.meter import Cost

FEW, MANY = 12, 60
_SHOP = machine(Scope.CHECKOUT_WRITE, client_id="4k8s2v9qj1m7c3x5b6n0d2f8ga")
_CALLS, _WRITES, _READS = 2, 8, 1
"""Bar 1's: taking the lots that end soonest changes the due date, which adds the index's two units."""


class _DailyLots:
    """The programme under which each day's points are a lot of their own."""

    def history(self) -> ProgrammeHistory:
        rules = changed(preset("four"), expiry={"policy": "fixed_days", "days": 365, "reminder_days": 30})
        return history((history().versions[0].effective_from, rules))


def count_lots(scene: Scene) -> list[Figure]:
    """Redemptions and holds across a few lots and across many: the same calls and units, within bar 1's."""
    wiring = scene.wiring_on(scene.meter)  # new objects: those of the scene may have met its programme already
    wiring.__dict__["program"] = _DailyLots()
    figures: list[Figure] = []
    costs: dict[tuple[str, int], Cost] = {}
    with use(wiring):
        for lots in (FEW, MANY):
            member_id = f"{MEMBER[:-3]}{lots:03d}"
            points = _points_in(scene, member_id, lots)
            for what in ("holds", "redemptions"):
                costs[what, lots] = _cost(scene, what, member_id, points)
                figures += _within(f"{what[:-1]} across {lots} lots", costs[what, lots])
            figures.append(Figure(2, f"account of {lots} lots", scene.size(member_id, "ACCOUNT"), 1024, "bytes"))
    for what in ("redemptions", "holds"):
        more = costs[what, MANY].write_units - costs[what, FEW].write_units
        figures.append(Figure(2, f"{what[:-1]}: write units more for {MANY} lots than for {FEW}", more, 0, "units"))
    return figures


def _points_in(scene: Scene, member_id: str, lots: int) -> int:
    """Buys once a day; answers the points in all."""
    card = card_number(f"{lots:013d}")
    scene.open_member(member_id, card)
    points = 0
    buyer: Mapping[str, str] = {"card_number": card}
    for _ in range(lots):
        scene.clock.move(days=1)
        points += int(scene.buy(buyer, lines=2).json["points_earned"])
        buyer = {"member_id": member_id}
    return points


def _cost(scene: Scene, what: str, member_id: str, points: int) -> Cost:
    """All but one point, so that every lot is touched."""
    body: dict[str, object] = {
        "source": "shop.example",
        "reference": f"20260315-{member_id[-4:]}",
        "member_id": member_id,
        "points": points - 1,
    }
    body |= {"purpose": "payment"} if what == "redemptions" else {}
    with scene.meter.measured() as calls:
        answer = Caller(app, _SHOP).post(f"/v1/{what}", body)
    assert answer.status == 201, answer.text
    if what == "holds":
        hold_id = answer.json["hold_id"]
        assert Caller(app, _SHOP).post(f"/v1/holds/{hold_id}/cancel", {}).status == 200
    return sum((cost for _, cost in calls), Cost())


def _within(what: str, cost: Cost) -> list[Figure]:
    return [
        Figure(2, f"{what}: calls", cost.calls, _CALLS, "calls"),
        Figure(2, f"{what}: write units", cost.write_units, _WRITES, "units"),
        Figure(2, f"{what}: read units", cost.read_units, _READS, "units"),
    ]
