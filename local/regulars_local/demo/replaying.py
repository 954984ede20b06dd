"""The year through the public interface: day by day as it happens, or all of it afterwards by an import."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from regulars_local.demo.calling import Caller
from regulars_local.demo.nights import Nights
from regulars_local.demo.purchases import Purchase, batches_of
from regulars_local.demo.telling import Telling
from regulars_local.local_clock import LocalClock

type OnPurchases = Callable[[int], None]
"""Told after so many more purchases."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the till is told of a purchase; no rate where no points were given."""

    points: int
    eligible: int
    tier_before: str
    tier: str
    rate_thousandths: int | None

    @property
    def is_upgrade(self) -> bool:
        return self.tier != self.tier_before

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Self:
        """The figures in an answer of `POST /v1/purchases`."""
        rates = [int(Decimal(part["explanation"]["params"]["rate"]) * 1000) for part in answer["parts"]]
        rate = rates[0] if rates else None
        return cls(answer["points_earned"], answer["eligible_amount"], answer["tier_before"], answer["tier"], rate)


@dataclass(frozen=True, slots=True)
class Replay:
    """What the till was answered, by basket, and the instant as of which each purchase was recorded."""

    answers: dict[int, Answer] = field(default_factory=dict)
    recorded_at: dict[int, datetime] = field(default_factory=dict)


class LiveReplay:
    """Purchases as they happen: the clock stands at their instants, the night's settlement comes before each day.

    Neighbours of different households are sent at once, with the clock at the last one's instant: none of them lies in the future,
    and each household's purchases still follow one another. An upgrade takes effect at the clock's instant.
    """

    def __init__(
        self, till: Caller, clock: LocalClock, nights: Nights, telling: Telling, on_purchases: OnPurchases, *, threads: int
    ) -> None:
        self._till = till
        self._clock = clock
        self._nights = nights
        self._telling = telling
        self._on_purchases = on_purchases
        self._threads = threads

    def run(self, days: Iterable[tuple[date, list[Purchase]]]) -> Replay:
        """Replays every day, those without purchases too."""
        replay = Replay()
        with ThreadPoolExecutor(self._threads) as pool:
            for day, purchases in days:
                self._nights.run(day)
                for batch in batches_of(purchases, self._threads):
                    self._send(batch, replay, pool)
                for purchase in purchases:
                    if replay.answers[purchase.basket].is_upgrade:
                        self._telling.await_tier_change(purchase.household)
        return replay

    def _send(self, batch: list[Purchase], replay: Replay, pool: ThreadPoolExecutor) -> None:
        self._clock.start_at(batch[-1].at, frozen=True)
        sent = pool.map(lambda purchase: self._till.post("/v1/purchases", purchase.body), batch) if len(batch) > 1 else None
        answers = sent or [self._till.post("/v1/purchases", batch[0].body)]
        for purchase, answer in zip(batch, answers, strict=True):
            replay.answers[purchase.basket] = Answer.of(answer)
            replay.recorded_at[purchase.basket] = batch[-1].at
        self._on_purchases(len(batch))


def replay_late(
    households: Iterable[tuple[int, list[Purchase]]],
    members: Mapping[int, str],
    importer: Caller,
    on_purchases: OnPurchases,
    *,
    threads: int,
) -> Replay:
    """Imports each household's purchases in time order, then closes the member's import; households side by side.

    A purchase that comes in time order is evaluated as at its own moment.
    """
    replay = Replay()

    def take(household: int, purchases: list[Purchase]) -> None:
        for purchase in purchases:
            replay.answers[purchase.basket] = Answer.of(importer.post("/v1/purchases", purchase.body))
            replay.recorded_at[purchase.basket] = purchase.at
            on_purchases(1)
        importer.post(f"/v1/members/{members[household]}/settlement")

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(take, household, purchases) for household, purchases in households]:
            done.result()
    return replay
