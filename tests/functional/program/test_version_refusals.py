"""`/v1/program/versions`: what is refused, by which code and which field, and that nothing is written then."""

from typing import TYPE_CHECKING, Any

import pytest

from regulars.kernel.principal import Role
from tests.functional.program.conftest import ADMIN, MANAGER, VERSIONS, Versions, items
from tests.support.calls import Caller, staff
from tests.support.program import programme_json

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

FIVE_MINUTES_ON = "2025-06-01T04:05:00.000Z"
ANOTHER_ID = "ver_01JABCDEFGHJKMNPQRSTVWXYZ0"


def test_a_key_with_other_content_is_refused(versions: Versions, dynamodb: "DynamoDBClient") -> None:
    """422 `idempotency_mismatch`, nothing written (law I3)."""
    versions.draft()
    answer = versions.draft(preset="four")

    assert (422, "idempotency_mismatch") == (answer.status, answer.code)
    assert 2 == len(items(dynamodb))


@pytest.mark.parametrize("key", ["", "with space", "x" * 129, "schlüssel"])
def test_a_draft_needs_a_key_that_is_fit(versions: Versions, key: str) -> None:
    """Without a visible ASCII key of at most 128 characters nothing is begun."""
    answer = versions.draft(key)

    assert (422, {"Idempotency-Key": "idempotency_key_invalid"}) == (answer.status, answer.fields)


@pytest.mark.parametrize("step", ["submission", "approval", "publication", "rejection"])
def test_every_step_needs_the_revision_that_was_read(versions: Versions, step: str) -> None:
    """Without If-Match 422 that names it; with a stale one 412; nothing changes."""
    draft = versions.draft()
    path = f"{VERSIONS}/{draft.json['version_id']}"
    caller = MANAGER if step in {"approval", "rejection"} else ADMIN
    body = {"publication": {"effective_from": FIVE_MINUTES_ON}, "submission": None}.get(step, {})

    missing = caller.post(f"{path}/{step}", body)
    stale = caller.post(f"{path}/{step}", body, headers={"If-Match": '"7"'})
    weak = caller.post(f"{path}/{step}", body, headers={"If-Match": 'W/"1"'})

    assert (422, {"If-Match": "if_match_required"}) == (missing.status, missing.fields)
    assert [(412, "precondition_failed")] * 2 == [(answer.status, answer.code) for answer in (stale, weak)]
    assert draft.json == ADMIN.get(path).json


def test_nobody_approves_what_they_wrote(versions: Versions) -> None:
    """403 `separation_of_duties` for an author who is a manager too, and the version waits on (law A2)."""
    both = Caller(ADMIN.app, staff(Role.MANAGER, "ada"))
    submitted = versions.submit(versions.draft())

    answer = Versions(manager=both).approve(submitted)

    assert (403, "separation_of_duties") == (answer.status, answer.code)
    assert "submitted" == ADMIN.get(f"{VERSIONS}/{submitted.json['version_id']}").json["status"]


def test_only_an_approved_version_is_published(versions: Versions) -> None:
    """422 `version_state` for a draft, and for one that is published already."""
    draft = versions.draft()
    early = versions.publish(draft, FIVE_MINUTES_ON)
    published = versions.publish(versions.approve(versions.submit(draft)), FIVE_MINUTES_ON)
    late = versions.publish(published, "2026-01-01T00:00:00Z")

    assert [(422, "version_state")] * 2 == [(answer.status, answer.code) for answer in (early, late)]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("2025-06-01T04:04:59.999Z", "effective_from_too_early"),
        ("2024-01-01T00:00:00Z", "effective_from_too_early"),
        ("2035-01-01T00:00:00Z", "effective_from_too_late"),
        ("9999-12-31T23:59:59-12:00", "instant_out_of_range"),
        ("2025-07-01T00:00:00", "timezone_aware"),
        ("soon", "datetime_parsing"),
        (1_800_000_000, "datetime_parsing"),
    ],
)
def test_a_version_starts_at_least_five_minutes_ahead(versions: Versions, start: str, code: str) -> None:
    """Everybody has read the version by then; anything else is refused by field, and nothing is published."""
    answer = versions.publish(versions.approved(), start)

    assert (422, {"effective_from": code}) == (answer.status, answer.fields)


def test_versions_start_in_the_order_of_their_numbers(versions: Versions) -> None:
    """A later number never starts before an earlier one; at the same moment it replaces it."""
    versions.publish(versions.approved("a"), "2025-07-01T00:00:00Z")
    second = versions.approved("b", preset="four")
    refused = versions.publish(second, "2025-06-30T00:00:00Z")
    taken = versions.publish(second, "2025-07-01T00:00:00Z")

    assert {"effective_from": "effective_from_too_early"} == refused.fields
    assert "The earliest start is 2025-07-01T00:00:00.000Z." == refused.json["errors"][0]["message"]
    assert 3 == taken.json["number"]


def test_the_units_of_what_is_recorded_do_not_change(versions: Versions) -> None:
    """Once a version is published, drafts and publications with another currency or time zone are refused by field."""
    waiting = versions.approved("a", preset="five", changes={"currency": "EUR"})
    versions.publish(versions.approved("b", preset="five", changes={"time_zone": "Asia/Tokyo"}), FIVE_MINUTES_ON)

    other_currency = versions.draft("c", preset="five", changes={"currency": "EUR", "time_zone": "Asia/Tokyo"})
    other_zone = versions.draft("d", preset="five")
    too_late = versions.publish(waiting, FIVE_MINUTES_ON)

    assert {"programme.currency": "currency_fixed"} == other_currency.fields
    assert {"programme.time_zone": "time_zone_fixed"} == other_zone.fields
    assert {"programme.currency": "currency_fixed"} == too_late.fields


def _tiers(**second: Any) -> list[Any]:
    tiers = programme_json()["tiers"]
    return [tiers[0], {**tiers[1], **second}, *tiers[2:]]


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({"programme": programme_json(tiers=_tiers(spend_from=0))}, {"programme.tiers[1].spend_from": "threshold_order"}),
        ({"programme": programme_json(tiers=_tiers(spend_from="1"))}, {"programme.tiers[1].spend_from": "int_type"}),
        ({"programme": programme_json(tiers=_tiers(benefits=["yacht"]))}, {"programme.tiers[1].benefits[0]": "unknown_benefit"}),
        ({"programme": programme_json(tiers=_tiers(code="ordinary"))}, {"programme.tiers[1].code": "duplicate"}),
        ({"programme": programme_json(tiers=_tiers(), colour="red")}, {"programme.colour": "extra_forbidden"}),
        ({"programme": programme_json(time_zone="Mars/Olympus")}, {"programme.time_zone": "unknown_time_zone"}),
        ({"preset": "five", "changes": {"tiers": _tiers(spend_from=-5)}}, {"changes.tiers[1].spend_from": "greater_than_equal"}),
        ({"preset": "five", "changes": {"tiers": _tiers(spend_from=0)}}, {"changes.tiers[1].spend_from": "threshold_order"}),
        ({"preset": "five", "changes": {"colour": 1}}, {"changes.colour": "extra_forbidden"}),
        ({"preset": "six"}, {"preset": "literal_error"}),
        ({}, {"programme": "one_of"}),
        ({"preset": "five", "programme": programme_json()}, {"programme": "one_of"}),
        ({"programme": programme_json(), "changes": {"currency": "EUR"}}, {"changes": "without_preset"}),
        ({"preset": "five", "note": "\x00"}, {"note": "string_pattern_mismatch"}),
    ],
)
def test_what_is_wrong_is_named_by_its_path(
    versions: Versions, dynamodb: "DynamoDBClient", content: dict[str, Any], fields: dict[str, str]
) -> None:
    """422 names each field with a stable code and a sentence; nothing is written."""
    answer = versions.draft("key", **{"note": "Why", **content})

    assert (422, "validation_failed", fields) == (answer.status, answer.code, answer.fields)
    assert all(error["message"] for error in answer.json["errors"])
    assert [] == items(dynamodb)


def test_a_field_error_speaks_the_callers_language(versions: Versions) -> None:
    """The sentence of a rule between fields comes in Chinese to who asks for it."""
    body = {"note": "n", "programme": programme_json(tiers=_tiers(spend_from=0))}
    answer = ADMIN.post(VERSIONS, body, headers={"Idempotency-Key": "k", "Accept-Language": "zh-CN"})

    assert "每个等级的门槛须高于前一等级，且任一指标不得低于前者。" == answer.json["errors"][0]["message"]


@pytest.mark.parametrize("cursor", ["x", "e30", "eyJhZnRlciI6MX0", "eyJwayI6IngifQ", "ä"])
def test_a_cursor_of_nobody_is_refused(versions: Versions, cursor: str) -> None:
    """422 names the cursor; the table is not asked."""
    answer = MANAGER.get(VERSIONS, query={"cursor": cursor})

    assert (422, {"cursor": "invalid_cursor"}) == (answer.status, answer.fields)


def test_a_version_that_is_not_there_is_not_found(versions: Versions) -> None:
    """404 for reading, changing and every step."""
    path, seen = f"{VERSIONS}/{ANOTHER_ID}", {"If-Match": '"1"'}
    answers = [
        ADMIN.get(path),
        ADMIN.put(path, {"preset": "four", "note": "n"}, headers=seen),
        ADMIN.post(f"{path}/submission", headers=seen),
        MANAGER.post(f"{path}/approval", {}, headers=seen),
        ADMIN.post(f"{path}/publication", {"effective_from": FIVE_MINUTES_ON}, headers=seen),
    ]

    assert [404] * 5 == [answer.status for answer in answers]
