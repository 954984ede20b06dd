"""Many items at once: those that were left out are asked for again, and never for ever."""

from typing import Any

import pytest

from regulars.aws.table import Table, encode_item
from regulars.kernel.errors import UnavailableError


class _Client:
    """Answers one item a call and leaves the others out; `stuck` answers none."""

    def __init__(self, *, stuck: bool = False) -> None:
        self.stuck = stuck
        self.asked: list[int] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803  # boto3's name
        keys = RequestItems["things"]["Keys"]
        assert RequestItems["things"]["ConsistentRead"]
        self.asked.append(len(keys))
        taken = 0 if self.stuck else 1
        left = {"things": {"Keys": keys[taken:]}} if keys[taken:] else {}
        return {"Responses": {"things": keys[:taken]}, "UnprocessedKeys": left}


_KEYS = [(f"mem_{number}", "ACCOUNT") for number in range(5)]


def test_items_that_were_left_out_are_asked_for_again() -> None:
    """Five calls for five items, each for what is still missing; nothing asked, nothing called."""
    client: Any = _Client()
    found = Table(client, "things").batch_get(_KEYS, ("v",))
    assert [encode_item(dict(zip(("pk", "sk"), key, strict=True))) for key in _KEYS] == [encode_item(item) for item in found]
    assert [5, 4, 3, 2, 1] == client.asked
    assert [] == Table(client, "things").batch_get([], ())


def test_a_table_that_does_not_answer_for_all_is_unavailable() -> None:
    """Five tries, then the caller hears of it: an item that was not read is not one that is not there."""
    client: Any = _Client(stuck=True)
    with pytest.raises(UnavailableError):
        Table(client, "things").batch_get(_KEYS, ())
    assert [5] * 5 == client.asked
