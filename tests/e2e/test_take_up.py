"""Buy, stop, start, buy: what was committed before a stop is told after it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.messaging.mailbox import Mail
from regulars_local.backstage import wiring_of
from regulars_local.home import Home
from regulars_local.joining import Applicant, Reception
from regulars_local.running import RunningStack
from regulars_local.stack import Stack
from regulars_local.stack_file import SampleMember
from tests.support.stack import home_for_tests

_TOLD_SECONDS = 90.0


@pytest.fixture
def owned() -> Iterator[Stack]:
    """A stack of this test's own, which it stops and starts."""
    home = Home(home_for_tests("take-up"))
    with home.locked():
        home.forget()
    stack = Stack(home, with_sample=False)
    try:
        yield stack
    finally:
        stack.stop()


@pytest.mark.requirement("COM-10")
def test_a_purchase_before_the_stop_and_one_after_it_are_both_told(owned: Stack) -> None:
    """Each purchase raises the tier. The relay is off when the first one is made, so nothing leaves before the stop: the next
    start arms the streams again and sends what they had not let out, once."""
    running = owned.start()
    with Reception(running) as reception:
        member = reception.join(Applicant("Ida Lund", "ida.lund@example.com"))
    _wait_for_mails(running, member, "welcome", 1)
    _switch_relay_off(running)
    _buy(running, member, "before", 120_000)
    owned.stop()
    running = owned.start()
    _wait_for_mails(running, member, "tier_changed", 1)
    _buy(running, member, "after", 150_000)
    mails = _wait_for_mails(running, member, "tier_changed", 2)
    expected = {"welcome": 1, "tier_changed": 2}
    assert expected == {template: len([mail for mail in mails if mail.template == template]) for template in expected}


def _switch_relay_off(running: RunningStack) -> None:
    functions = running.cloud.functions
    for mapping in functions.list_event_source_mappings(FunctionName=running.outputs["FunctionRelayEvents"])["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def _buy(running: RunningStack, member: SampleMember, reference: str, amount: int) -> None:
    purchase: dict[str, Any] = {
        "source": "till",
        "reference": reference,
        "member_id": member.member_id,
        "store_id": "store-1",
        "channel": "store",
        "occurred_at": datetime.now(UTC).isoformat(),
        "currency": "CNY",
        "lines": [{"sku": "tea", "category": "drinks", "quantity": 1, "amount": amount}],
    }
    with running.client(running.machine_token("till")) as http:
        reply = http.post("/v1/purchases", json=purchase)
    assert reply.status_code == 201, reply.text


def _wait_for_mails(running: RunningStack, member: SampleMember, template: str, count: int) -> list[Mail]:
    """What the member was sent, once there are `count` messages of a template."""
    mailbox = wiring_of(running).mailbox
    deadline = time.monotonic() + _TOLD_SECONDS
    while time.monotonic() < deadline:
        mails = mailbox.newest(100, member.contact)
        if len([mail for mail in mails if mail.template == template]) >= count:
            return mails
        time.sleep(0.2)
    raise AssertionError(f"no {template} after {_TOLD_SECONDS:.0f} s: {[mail.template for mail in mails]}")
