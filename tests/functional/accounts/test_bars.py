"""The counting part of `make bench`: what purchases, duplicates and reads cost, held against the bars of performance.md.

On moto, in one thread, by the meter; `make bench` counts the same on the emulator and adds what is measured in pairs.
"""

from collections.abc import Callable, Iterator

import boto3
import pytest
from moto import mock_aws

from tests.benchmarks import counting
from tests.benchmarks.figures import Figure, missed
from tests.benchmarks.lots import count_lots
from tests.benchmarks.nights import count_nights
from tests.benchmarks.scene import Scene
from tests.support.schema import table_schemas

_MANY = 100
"""Past entries here; `make bench` takes 10,000."""


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """The member with a year behind, on tables as the template has them."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        client = boto3.client("dynamodb", region_name="eu-central-1")
        for schema in table_schemas().values():
            client.create_table(**schema)
        made = Scene(client, {name: name for name in table_schemas()})
        made.live_a_year()
        yield made


@pytest.mark.parametrize(
    "count", [counting.count_reads, counting.count_purchases, counting.count_duplicates], ids=lambda count: count.__name__
)
def test_what_is_counted_stays_within_its_bar(scene: Scene, count: Callable[[Scene], list[Figure]]) -> None:
    """Bars 4, 1 and 3, in the order in which the scene's clock goes on: no figure lies above its bar."""
    expected: list[Figure] = []
    assert expected == missed(count(scene))


def test_a_long_past_adds_nothing_to_what_a_purchase_costs(scene: Scene) -> None:
    """Bar 5: the same calls and units for a member with 10 entries and for one with ten times as many."""
    expected: list[Figure] = []
    assert expected == missed(counting.count_past(scene, few=10, many=_MANY))


def test_points_from_sixty_lots_cost_what_those_from_twelve_do(scene: Scene) -> None:
    """Bar 2: a redemption and a hold across any number of lots stay within a purchase's calls and units."""
    expected: list[Figure] = []
    assert expected == missed(count_lots(scene))


def test_a_night_touches_what_is_due() -> None:
    """Bar 7: reads and writes by what is due; more members who are not change nothing; everybody due on one day is one write each."""
    expected: list[Figure] = []
    assert expected == missed(count_nights(members=500, many=20_000))
