"""What the members' stores promise, on the table in memory, moto's and the emulator's."""

from copy import replace
from datetime import timedelta

import pytest

from regulars.aws.table import Table
from regulars.kernel.retry import LostRaceError
from regulars.members.dynamodb import DynamoMemberStore, DynamoRegistrationStore, DynamoResetStore
from regulars.members.events import PasswordChanged
from regulars.members.model import (
    Code,
    ContactKind,
    ContactMark,
    MemberStatus,
    PasswordReset,
    Registration,
    RegistrationState,
    Step,
)
from regulars.members.ports import ContactTakenError, Record
from tests.support.registrations import CARD, NOW, PHONE, opened, registration

LOG = Record("log", "done", NOW, "public")


def _open(table: Table, of: Registration, **parts: object) -> None:
    done, member = opened(of)
    DynamoRegistrationStore(table).open(done, replace(member, **parts), LOG, (LOG,))  # type: ignore[arg-type]  # parts by name


def test_a_registration_comes_back_as_it_was_written(table: Table) -> None:
    """Whole, at once; one that is not there is `None`; none is written twice."""
    store = DynamoRegistrationStore(table)
    store.add(registration(), LOG)
    assert registration() == store.find("reg_1")
    assert store.find("reg_2") is None
    with pytest.raises(LostRaceError):
        store.add(registration(), LOG)


def test_a_registration_is_saved_over_the_version_before(table: Table) -> None:
    """The same version again, or a later one, loses (law L9)."""
    store = DynamoRegistrationStore(table)
    store.add(registration(), LOG)
    second = registration(findings=("address",), version=2)
    store.save(second, LOG)
    for stale in (second, registration(version=4)):
        with pytest.raises(LostRaceError):
            store.save(stale, LOG)
    assert second == store.find("reg_1")


def test_opening_makes_member_card_and_guard(table: Table) -> None:
    """All are found at once, by id, by card and by contact."""
    store, members = DynamoRegistrationStore(table), DynamoMemberStore(table)
    store.add(registration(), LOG)
    _open(table, registration())
    done, member = opened(registration())
    assert (done, member) == (store.find("reg_1"), members.find("mem_1"))
    assert "mem_1" == members.owner_of(PHONE)
    holder = members.card(CARD)
    assert holder
    assert ("mem_1", MemberStatus.ACTIVE_PENDING_PASSWORD, None) == (holder.member_id, holder.status, holder.activated_at)


def test_a_contact_opens_one_member(table: Table) -> None:
    """The second is told that the contact is taken, and nothing of it is written."""
    store, members = DynamoRegistrationStore(table), DynamoMemberStore(table)
    for number in (1, 2):
        store.add(registration(number), LOG)
    _open(table, registration(1))
    with pytest.raises(ContactTakenError):
        _open(table, registration(2), card_number="9012345678901247")
    assert (registration(2), None, None) == (store.find("reg_2"), members.find("mem_2"), members.card("9012345678901247"))
    assert "mem_1" == members.owner_of(PHONE)


def test_a_taken_card_number_is_a_lost_race(table: Table) -> None:
    """So the number is drawn again."""
    store = DynamoRegistrationStore(table)
    other = registration(2, contact=ContactMark(ContactKind.EMAIL, "1:bb"))
    store.add(registration(1), LOG)
    store.add(other, LOG)
    _open(table, registration(1))
    with pytest.raises(LostRaceError):
        _open(table, other)


def test_opening_twice_is_a_lost_race_and_no_taken_contact(table: Table) -> None:
    """A retry after a lost answer reads what it had done."""
    DynamoRegistrationStore(table).add(registration(), LOG)
    _open(table, registration())
    with pytest.raises(LostRaceError):
        _open(table, registration())


def test_completing_changes_registration_member_and_card(table: Table) -> None:
    """All three or none; a second time loses."""
    store, members = DynamoRegistrationStore(table), DynamoMemberStore(table)
    store.add(registration(), LOG)
    _open(table, registration())
    done, member = opened(registration())
    complete = replace(done, steps=(*done.steps, Step(RegistrationState.COMPLETE, NOW, "member:mem_1")), version=3)
    active = replace(member, status=MemberStatus.ACTIVE, activated_at=NOW, version=2)
    store.complete(complete, active, LOG, LOG)
    assert (complete, active) == (store.find("reg_1"), members.find("mem_1"))
    holder = members.card(CARD)
    assert holder
    assert (MemberStatus.ACTIVE, NOW) == (holder.status, holder.activated_at)
    with pytest.raises(LostRaceError):
        store.complete(complete, active, LOG, LOG)


def test_what_waits_is_listed_oldest_first_and_leaves_when_it_is_decided(table: Table) -> None:
    """Verified ones only, by the time they were verified."""
    store = DynamoRegistrationStore(table)
    for number in (3, 1, 2):
        waiting = registration(number)
        store.add(waiting, LOG)
        verified = Step(RegistrationState.VERIFIED, NOW + timedelta(minutes=number), "public")
        store.save(replace(waiting, steps=(*waiting.steps, verified), version=2), LOG)
    page = store.waiting(2, None)
    assert ["reg_1", "reg_2"] == [item.registration_id for item in page.items]
    rest = store.waiting(2, page.next_cursor)
    assert (["reg_3"], None) == ([item.registration_id for item in rest.items], rest.next_cursor)

    first = page.items[0]
    rejected = Step(RegistrationState.REJECTED, NOW, "staff:manager")
    store.save(replace(first, steps=(*first.steps, rejected), version=3), LOG)
    assert ["reg_2", "reg_3"] == [item.registration_id for item in store.waiting(9, None).items]


def test_consents_are_appended_and_read_newest_first(table: Table) -> None:
    """Each change is a record of its own beside the member; logs are not among them."""
    store, members = DynamoRegistrationStore(table), DynamoMemberStore(table)
    store.add(registration(), LOG)
    _, member = opened(registration())
    first = Record("consent", "accepted", NOW, "public", {"terms": "1"})
    store.open(opened(registration())[0], member, LOG, (LOG, first))
    second = Record("consent", "changed", NOW, "member:mem_1", {"marketing.sms": "withdrawn"})
    members.save(replace(member, marketing=frozenset(), version=2), second)
    members.save(replace(member, language="en", version=3), LOG)
    page = members.consent_records("mem_1", 1, None)
    assert (second,) == page.items
    assert (first,) == members.consent_records("mem_1", 5, page.next_cursor).items
    with pytest.raises(LostRaceError):
        members.save(replace(member, version=3), second)


def test_a_reset_is_used_once(table: Table) -> None:
    """The second use loses; a request that is not there is none."""
    store = DynamoResetStore(table)
    reset = PasswordReset("rst_1", None, Code(1, NOW))
    store.add(reset, ())
    assert reset == store.find("rst_1")
    told = PasswordChanged(event_id="e", occurred_at=NOW, member_id="mem_1", reset_id="rst_1")
    used = replace(reset, used_at=NOW)
    store.use(used, (told,))
    assert used == store.find("rst_1")
    with pytest.raises(LostRaceError):
        store.use(used, (told,))
    assert store.find("rst_2") is None
