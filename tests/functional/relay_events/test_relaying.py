"""From the tables' streams to the bus, in process."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.relay_events.handler import lambda_handler
from regulars.aws.bus import BYTES_MAX
from regulars.settings import Settings
from regulars.wiring import Wiring, use
from tests.support.bus import LambdaContext, RecordingEvents, failed_in, stream_record

_TABLES = {context: f"Regulars-test-{context}-1ABC" for context in ("program", "members", "accounts", "service")}


@pytest.fixture
def bus() -> Iterator[RecordingEvents]:
    """The bus the relay writes to."""
    recording = RecordingEvents()
    environment = {**{f"TABLE_{context.upper()}": table for context, table in _TABLES.items()}, "EVENT_BUS_NAME": "regulars-test"}
    with use(Wiring(Settings(environment), client={"events": recording}.__getitem__)):
        yield recording


def carrying(*types: str, context: str = "members", number: int = 1, **detail: Any) -> dict[str, Any]:
    """A record of a new item that carries events of these types."""
    events = [json.dumps({"type": kind, "detail": {"event_id": f"{number}.{kind}", **detail}}, ensure_ascii=False) for kind in types]
    item = {"pk": f"ITEM#{number}", "sk": "ITEM", "events": events}
    return stream_record(_TABLES[context], item, number=number)


def entry_record(number: int = 1, **parts: Any) -> dict[str, Any]:
    """A record of a ledger entry: a purchase that earned 10 points."""
    item = {
        "pk": "mem_01JD0000000000000000000001",
        "sk": "ENTRY#0000000001",
        "k": "purchase",
        "p": [["earn", 10, "2026-06-30", "base"]],
        "pv": 1,
        "e": 1748750400000,
        "r": 1748750400000,
        "by": "machine:till",
        "ba": 10,
        "pa": 0,
        "h": bytes(32),
        **parts,
    }
    return stream_record(_TABLES["accounts"], item, number=number)


def run(*records: dict[str, Any]) -> list[str]:
    """Relays a batch; answers the sequence numbers reported."""
    return failed_in(lambda_handler({"Records": list(records)}, LambdaContext()))


def numbers(*of: int) -> list[str]:
    """Sequence numbers as the records have them."""
    return [f"{number:021d}" for number in of]


@pytest.mark.parametrize("context", ["program", "members", "service"])
def test_what_an_item_carries_goes_on_the_bus_in_its_order(bus: RecordingEvents, context: str) -> None:
    """Source, type and detail are the event's; nothing else of the item leaves."""
    assert [] == run(carrying("First", "Second", context=context, note="你好"))
    assert ["First", "Second"] == bus.types
    entry = bus.entries[0]
    assert (f"regulars.{context}", "regulars-test") == (entry["Source"], entry["EventBusName"])
    assert {"event_id": "1.First", "note": "你好"} == json.loads(entry["Detail"])


def test_a_ledger_entry_is_told_as_what_it_holds(bus: RecordingEvents) -> None:
    """Expired points, a tier change and a reminder of one entry are three events of their own, with ids of their own."""
    record = entry_record(
        k="settlement",
        p=[["expire", -10, "2025-05-31", ""]],
        tc=[[1748750400000, "ordinary", "silver", "qualified", 1]],
        rm=[["2025-06-30", 5]],
    )
    assert [] == run(record)
    assert ["PointsExpired", "TierChanged", "PointsExpiring"] == bus.types
    details = [json.loads(entry["Detail"]) for entry in bus.entries]
    assert 3 == len({detail["event_id"] for detail in details})
    assert {"mem_01JD0000000000000000000001"} == {detail["member_id"] for detail in details}


def test_other_items_of_the_ledger_are_no_news(bus: RecordingEvents) -> None:
    """Accounts and guards let nothing out."""
    for sort_key in ("ACCOUNT", "GUARD"):
        assert [] == run(entry_record(sk=sort_key))
    assert [] == bus.entries


def test_an_item_without_events_and_one_that_went_are_no_news(bus: RecordingEvents) -> None:
    """Nothing is made up; expiry of an item tells nothing."""
    gone = stream_record(_TABLES["members"], {"pk": "A", "sk": "A", "events": ["{}"]}, event_name="REMOVE")
    assert [] == run(stream_record(_TABLES["members"], {"pk": "A", "sk": "A"}), gone)
    assert [] == bus.entries


def test_what_an_item_carried_before_was_let_out_then(bus: RecordingEvents) -> None:
    """Where the old image is known, only what is new is told."""
    texts = [json.dumps({"type": kind, "detail": {"event_id": kind}}) for kind in ("Old", "New")]
    item = {"pk": "A", "sk": "A", "events": texts}
    assert [] == run(stream_record(_TABLES["members"], item, event_name="MODIFY", before={**item, "events": texts[:1]}))
    assert ["New"] == bus.types


def test_calls_take_ten_events_each(bus: RecordingEvents) -> None:
    """23 events, three calls, the order kept."""
    assert [] == run(*(carrying(f"Type{number:02d}", number=number) for number in range(1, 24)))
    assert [10, 10, 3] == bus.calls
    assert [f"Type{number:02d}" for number in range(1, 24)] == bus.types


def test_a_call_stays_below_the_buss_size(bus: RecordingEvents) -> None:
    """Large events share a call with fewer others."""
    assert [] == run(*(carrying("Large", number=number, text="x" * (BYTES_MAX // 2 - 100)) for number in range(1, 6)))
    assert [2, 2, 1] == bus.calls


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("poison", ["unknown table", "no events list", "no JSON", "no type", "broken entry"])
def test_an_unreadable_record_fails_alone(bus: RecordingEvents, place: int, poison: str) -> None:
    """First, in the middle or last: everything else goes out, only it is reported."""
    records = [carrying("Sound", number=number) for number in (1, 2, 3)]
    records[place - 1] = _poisoned(poison, place)
    assert numbers(place) == run(*records)
    assert 2 == len(bus.entries)


def _poisoned(poison: str, number: int) -> dict[str, Any]:
    table, events = _TABLES["members"], {"unknown table": ["{}"], "no events list": 7, "no JSON": ["{"], "no type": ["{}"]}
    if poison == "broken entry":
        return entry_record(number, p=[["no such kind"]])
    item = {"pk": "A", "sk": "A", "events": events[poison]}
    return stream_record("Strangers-table" if poison == "unknown table" else table, item, number=number)


def test_all_records_unreadable_is_all_reported(bus: RecordingEvents) -> None:
    """Nothing is lost in silence."""
    assert numbers(1, 2) == run(_poisoned("no JSON", 1), _poisoned("no JSON", 2))


def test_what_the_bus_refuses_is_reported_and_nothing_behind_its_call_is_sent(bus: RecordingEvents) -> None:
    """Of 25 events the 12th is refused: what its call held besides is through, what lies behind waits, in order."""
    bus.refused_types = {"Type12"}
    failed = run(*(carrying(f"Type{number:02d}", number=number) for number in range(1, 26)))
    assert numbers(12, *range(21, 26)) == failed
    assert [10, 10] == bus.calls


def test_sent_again_from_the_first_failure_nothing_is_missing(bus: RecordingEvents) -> None:
    """Lambda starts again at the lowest number reported: every event arrives, some twice, each with its own id."""
    records = [carrying(f"Type{number:02d}", number=number) for number in range(1, 26)]
    bus.refused_types = {"Type12"}
    first = run(*records)[0]
    bus.refused_types = set()
    assert [] == run(*(record for record in records if record["dynamodb"]["SequenceNumber"] >= first))
    assert {f"Type{number:02d}" for number in range(1, 26)} == set(bus.types)


def test_a_bus_that_does_not_answer_leaves_everything_to_be_tried_again(bus: RecordingEvents) -> None:
    """No call of the batch got through: all of it is reported, and the next try sends it."""
    bus.silent_calls = 1
    records = [carrying("Type", number=number) for number in (1, 2)]
    assert numbers(1, 2) == run(*records)
    assert [] == run(*records)
    assert 2 == len(bus.entries)


def test_an_unreadable_record_and_a_refusal_are_both_reported(bus: RecordingEvents) -> None:
    """Each by its own number, in order."""
    bus.refused_types = {"Refused"}
    assert numbers(1, 3) == run(_poisoned("no JSON", 1), carrying("Sound", number=2), carrying("Refused", number=3))
