"""Two versions of the code on one table, as while it is deployed or rolled back: what a newer one stored is kept, or clearly refused."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from regulars.accounts.books.replaying import differences
from regulars.accounts.dynamodb import shard_of
from regulars.accounts.records import chain_hash
from regulars.accounts.walking import ShardTask
from regulars.aws.table import Put, Table
from regulars.kernel.clock import instant_text
from regulars.kernel.ids import derived_id
from regulars.wiring import Wiring
from tests.functional.accounts.conftest import ME, Shop
from tests.functional.accounts.test_corrections import adjust, decide
from tests.support.calls import MEMBER_ID
from tests.support.program import programme_json

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

NEWER = {"zz": {"stamps": [3, "blue"], "seal": b"\x01\x02"}}
"""An attribute that this version does not know."""


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> Table:
    return Table(dynamodb, "accounts")


def item_of(table: Table, pk: str, sk: str) -> dict[str, Any]:
    """An item that is there."""
    item = table.get(pk, sk)
    assert item is not None
    return item


def write(table: Table, item: dict[str, Any], **changes: Any) -> None:
    """Stores an item with other attributes, as another version of the code would."""
    table.write(Put({**item, **changes}))


def test_what_a_newer_version_keeps_in_an_account_stays_in_it(shop: Shop, table: Table) -> None:
    """Whatever this version records: a purchase, a redemption, a night."""
    shop.buy(100_00)
    write(table, item_of(table, MEMBER_ID, "ACCOUNT"), **NEWER)

    shop.buy(50_00, "r2")
    shop.redeem(100)
    shop.pass_days(800)

    account = item_of(table, MEMBER_ID, "ACCOUNT")
    assert (4, NEWER["zz"]) == (account["v"], account.get("zz"))


def test_an_entry_with_more_in_it_keeps_the_chain(shop: Shop, table: Table, wiring: Wiring) -> None:
    """Its hash covers what this version does not know, and the check of the ledger finds nothing wrong."""
    shop.buy(100_00)
    stored = item_of(table, MEMBER_ID, "ENTRY#0000000001")
    newer = {**stored, **NEWER}
    write(table, newer)
    entry = wiring.ledger.entry(MEMBER_ID, 1)
    assert entry
    head = chain_hash("0" * 64, entry)
    write(table, newer, h=bytes.fromhex(head))
    write(table, item_of(table, MEMBER_ID, "ACCOUNT"), h=bytes.fromhex(head))
    shop.buy(50_00, "r2")
    entries, _ = wiring.ledger.entries(MEMBER_ID, limit=9, before=None)

    assert head != stored["h"].hex()
    assert [] == differences(MEMBER_ID, wiring.ledger.load(MEMBER_ID), entries[::-1], wiring.program.history())


def test_what_is_kept_of_refunds_and_requests_stays(shop: Shop, table: Table) -> None:
    """A second part of a refund and a decision leave it where it was."""
    bought = shop.buy(100_00).json["purchase_id"]
    shop.refund(amount=10_00)
    approval_id = adjust(5000).json["approval_id"]
    write(table, item_of(table, bought, "REFUNDS"), **NEWER)
    write(table, item_of(table, "APPROVALS", approval_id), **NEWER)

    shop.refund("f2", amount=10_00)
    decided = decide(approval_id)

    refunds, approval = item_of(table, bought, "REFUNDS"), item_of(table, "APPROVALS", approval_id)
    assert (2, NEWER["zz"]) == (refunds["n"], refunds.get("zz"))
    assert (200, 2, NEWER["zz"]) == (decided.status, approval["n"], approval.get("zz"))


def test_an_answer_with_more_in_it_is_replayed(shop: Shop, table: Table) -> None:
    """A purchase and a redemption that a newer version recorded are answered with all that this one knows of them."""
    bought, used = shop.buy(100_00), shop.redeem(50)
    for key, parts in ((bought.json["purchase_id"], ("parts",)), (used.json["redemption_id"], ())):
        guard = item_of(table, key, "GUARD")
        answer = json.loads(guard["an"])
        for part in parts:
            answer[part] = [{**item, "stamps": 3} for item in answer[part]]
        write(table, guard, an=json.dumps({**answer, "stamps": 3}))

    again, used_again = shop.buy(100_00), shop.redeem(50)

    assert (bought.text, "true") == (again.text, again.headers.get("idempotent-replayed"))
    assert (used.text, "true") == (used_again.text, used_again.headers.get("idempotent-replayed"))


def test_what_waits_keeps_more_than_is_known_of_it(shop: Shop, table: Table) -> None:
    """A refund with more in it waits for its purchase; another one that comes leaves it whole, and the purchase takes both."""
    waiting = shop.refund(amount=10_00).json["purchase_id"]
    guard = item_of(table, waiting, "GUARD")
    write(table, guard, an=json.dumps([{**json.loads(guard["an"])[0], "stamps": 3}]))

    shop.refund("f2", amount=20_00)
    kept = json.loads(item_of(table, waiting, "GUARD")["an"])
    shop.buy(100_00)

    assert [3, None] == [request.get("stamps") for request in kept]
    assert 70 == shop.points()["available"]


def test_an_entry_of_an_unknown_kind_is_refused_and_nothing_else(shop: Shop, table: Table) -> None:
    """The statement cannot be told: 503, to be asked again. Points, purchases and nights go on."""
    shop.buy(100_00)
    write(table, item_of(table, MEMBER_ID, "ENTRY#0000000001"), k="stamped")

    told = ME.get("/v1/me/points/entries")
    bought = shop.buy(50_00, "r2")

    assert (503, "unavailable", "1") == (told.status, told.code, told.headers.get("retry-after"))
    assert (201, 150) == (bought.status, shop.points()["available"])


@pytest.mark.parametrize("changes", [{"l": b"\x02\x00"}, {"gr": ["2026-04-01", "2026-01", 3]}, {"t": None}, {"ea": None}])
def test_an_account_of_another_form_is_refused(shop: Shop, table: Table, changes: dict[str, Any]) -> None:
    """It is never guessed at: 503, and nothing is written over it."""
    shop.buy(100_00)
    account = item_of(table, MEMBER_ID, "ACCOUNT")
    write(table, account, **changes)
    other = item_of(table, MEMBER_ID, "ACCOUNT")

    bought, read = shop.buy(50_00, "r2"), ME.get("/v1/me/points")

    assert [(503, "unavailable")] * 2 == [(answer.status, answer.code) for answer in (bought, read)]
    assert other == item_of(table, MEMBER_ID, "ACCOUNT")


def test_one_account_of_another_form_does_not_stop_a_night(shop: Shop, table: Table, wiring: Wiring) -> None:
    """The night tells which account it could not read, and settles the others of its shard."""
    shard = shard_of(MEMBER_ID, 16)
    neighbour = next(member for number in range(999) if shard_of(member := derived_id("mem", str(number)), 16) == shard)
    shop.buy(100_00)
    shop.buy(100_00, "r2", member_id=neighbour)
    write(table, item_of(table, MEMBER_ID, "ACCOUNT"), l=b"\x02\x00")
    shop.clock.now += timedelta(days=800)

    result = wiring.settlement.run(ShardTask(shard))

    assert (2, 1, (MEMBER_ID,)) == (result.seen, result.settled, result.failed)
    assert (2, 1) == (item_of(table, neighbour, "ACCOUNT")["v"], item_of(table, MEMBER_ID, "ACCOUNT")["v"])


def test_rules_that_are_not_known_are_not_computed(shop: Shop, dynamodb: "DynamoDBClient") -> None:
    """A version of the programme with a policy of a newer version of the code: nothing is recorded by the rules that are understood."""
    rules = programme_json("four")
    item = {"pk": "PROGRAM", "sk": "PUBLISHED#000002", "number": 2, "effective_from": instant_text(shop.clock())}
    write(Table(dynamodb, "program"), item, programme=json.dumps({**rules, "earning": {**rules["earning"], "lottery": {"odds": 3}}}))

    bought = shop.buy(100_00)

    assert (503, "unavailable", "1") == (bought.status, bought.code, bought.headers.get("retry-after"))
