"""Joining at a tier: conditions, wishes, claims and what staff make of them (TIER-14, REG-07, REG-08)."""

import json
from typing import Any

import pytest

from regulars.kernel.principal import Role
from regulars.members.items import card_holder_of, member_of, registration_of
from tests.support.members import Premises, form

CLAIM_FIELDS = [
    {"field": field, "required": False, "purpose": {"en": "To admit you.", "zh_cn": "用于入会审核。"}}
    for field in ("prior_spend", "company_user")
]


def cny(amount: int) -> dict[str, Any]:
    """An amount of earlier spend."""
    return {"amount": amount, "currency": "CNY"}


def admit(place: Premises, **by_tier: dict[str, Any]) -> None:
    """Puts conditions on tiers in force, and the fields that they look at into the form; the other tiers have none."""
    programme = place.program.versions[-1].programme.model_dump(mode="json")
    tiers = [{**tier, "admission": by_tier.get(tier["code"])} for tier in programme["tiers"]]
    used = {"prior_spend": "spend_from", "company_user": "company_user"}
    asked = [item for item in CLAIM_FIELDS if any(used[str(item["field"])] in conditions for conditions in by_tier.values())]
    fields = [item for item in programme["join_form"] if item["field"] not in used]
    place.publish(tiers=tiers, join_form=[*fields, *asked])


def by_clerk(place: Premises, **parts: Any) -> dict[str, Any]:
    """A form that a clerk entered, after the person told the code."""
    taken = place.staff(Role.CLERK).post("/v1/members", form(**parts))
    assert taken.status == 202, taken.text
    verified: dict[str, Any] = place.verify(taken.json["registration_id"]).json
    return verified


def told(state: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The reasons that were told, without their sentences."""
    return [(reason["code"], reason["params"]) for reason in state["tier_reasons"]]


@pytest.mark.requirement("REG-07")
def test_who_is_below_the_condition_is_refused_and_passes_once_it_is_lowered(place: Premises) -> None:
    """Spend of 1,000.00 or more is asked for; 999.99 is refused with the condition named; when 500.00 is enough, a retry passes."""
    admit(place, ordinary={"spend_from": 1_000_00})
    refused = by_clerk(place, prior_spend=cny(999_99))
    assert ("rejected", "correction", None) == (refused["state"], refused["next"], refused["tier_granted"])
    assert [("admission_spend", {"tier": "ordinary", "spend_from": 1_000_00, "currency": "CNY"})] == told(refused)
    assert "申请普通须此前消费满 1000.00 CNY。" == refused["rejection_reason"]
    registration_id = refused["registration_id"]
    assert [registration_id] == [event["registration_id"] for event in place.events("ApplicationRejected")]

    admit(place, ordinary={"spend_from": 500_00})
    passed = by_clerk(place, prior_spend=cny(999_99))
    assert ("opened", "ordinary", []) == (passed["state"], passed["tier_granted"], passed["tier_reasons"])


@pytest.mark.requirement("REG-07")
def test_the_refused_applicant_corrects_the_very_form(place: Premises) -> None:
    """A public form below the condition comes back; once no condition is left, the corrected one opens the member at once."""
    admit(place, ordinary={"spend_from": 1_000_00})
    registration_id = place.submit()
    assert "rejected" == place.verify(registration_id).json["state"]

    admit(place)
    corrected = place.public.put(f"/v1/registrations/{registration_id}", form()).json
    assert ("opened", "ordinary", None) == (corrected["state"], corrected["tier_granted"], corrected["rejection_reason"])


@pytest.mark.requirement("REG-07")
def test_only_users_of_the_company_are_admitted(place: Premises) -> None:
    """Who names no user of the company is refused in both languages; who does waits until staff have looked the user up."""
    admit(place, ordinary={"company_user": True})
    registration_id = place.submit()
    place.verify(registration_id)
    path = f"/v1/registrations/{registration_id}"
    english = place.public.get(path, headers={"accept-language": "en"}).json["tier_reasons"]
    assert [{"code": "admission_company_user", "params": {"tier": "ordinary"}}] == [
        {name: reason[name] for name in ("code", "params")} for reason in english
    ]
    assert "Ordinary is for registered users of the company." == english[0]["text"]
    assert "普通仅限公司注册用户申请。" == place.public.get(path, headers={"accept-language": "zh-CN"}).json["tier_reasons"][0]["text"]

    corrected = place.public.put(path, form(company_user="lin.xm")).json
    assert ("verified", "review") == (corrected["state"], corrected["next"])
    assert "opened" == place.staff(Role.MANAGER).post(f"/v1/applications/{registration_id}/approval").json["state"]


@pytest.mark.requirement("TIER-14", "REG-08")
def test_staff_join_somebody_at_the_tier_applied_for(place: Premises) -> None:
    """The clerk has seen the receipts: Gold is granted without more ado; the member begins there, and so says the event."""
    admit(place, gold={"spend_from": 5_000_00})
    opened = by_clerk(place, tier_applied_for="gold", prior_spend=cny(5_000_00))
    assert ("opened", "gold", "gold", []) == tuple(opened[name] for name in ("state", "tier_applied_for", "tier_granted", "tier_reasons"))

    member_id = place.set_password(opened["registration_id"]).json["member_id"]
    ref = place.wiring.member_directory.find(member_id)
    assert ref
    assert ("gold", place.clock()) == (ref.tier_at_start, ref.activated_at)
    assert ["gold"] == [event["tier"] for event in place.events("MemberActivated")]
    (card,) = [item for item in place.items() if item["sk"] == "CARD"]
    assert place.wiring.member_directory.by_card_number(card["card_number"]) == ref


@pytest.mark.requirement("TIER-14", "REG-08")
def test_without_golds_condition_the_highest_eligible_tier_is_given(place: Premises) -> None:
    """Gold asks for 5,000.00, Silver for 2,000.00: with 2,000.00 the applicant comes in at Silver and is told what Gold asks for."""
    admit(place, silver={"spend_from": 2_000_00}, gold={"spend_from": 5_000_00, "company_user": True})
    opened = by_clerk(place, tier_applied_for="gold", prior_spend=cny(2_000_00))
    assert ("opened", "gold", "silver") == tuple(opened[name] for name in ("state", "tier_applied_for", "tier_granted"))
    assert [
        ("admission_spend", {"tier": "gold", "spend_from": 5_000_00, "currency": "CNY"}),
        ("admission_company_user", {"tier": "gold"}),
    ] == told(opened)


@pytest.mark.requirement("TIER-14")
@pytest.mark.parametrize("wish", [..., "ordinary", "gold"])
def test_by_default_everybody_begins_at_the_lowest_tier(place: Premises, wish: Any) -> None:
    """The preset lets nobody join above it: a wish for Gold is opened at once, at the lowest tier, and told why."""
    registration_id = place.submit(tier_applied_for=wish)
    opened = place.verify(registration_id).json
    assert ("opened", "ordinary") == (opened["state"], opened["tier_granted"])
    assert ([("admission_closed", {"tier": "gold"})] if wish == "gold" else []) == told(opened)


@pytest.mark.requirement("TIER-14", "REG-07")
def test_a_public_claim_waits_for_staff_though_the_mode_is_auto(place: Premises) -> None:
    """Staff see wish, claims and what the rules say; approving confirms them. The applicant hears nothing before."""
    admit(place, gold={"spend_from": 5_000_00, "company_user": True})
    registration_id = place.submit(tier_applied_for="gold", prior_spend=cny(6_000_00), company_user="lin.xm")
    waiting = place.verify(registration_id).json
    assert ("verified", "review", None, []) == tuple(waiting[name] for name in ("state", "next", "tier_granted", "tier_reasons"))

    manager = place.staff(Role.MANAGER)
    (item,) = manager.get("/v1/applications").json["items"]
    assert (registration_id, "gold", "gold") == tuple(item[name] for name in ("registration_id", "tier_applied_for", "tier_by_rules"))
    seen = manager.get(f"/v1/applications/{registration_id}").json
    assert {"prior_spend": 6_000_00, "company_user": "lin.xm", "entered_by_staff": False} == seen["claims"]
    assert {"name", "phone"} == set(seen["fields"])
    approved = manager.post(f"/v1/applications/{registration_id}/approval").json
    assert ("opened", "gold") == (approved["state"], approved["tier_by_rules"])
    assert "gold" == place.public.get(f"/v1/registrations/{registration_id}").json["tier_granted"]


@pytest.mark.requirement("REG-08")
def test_staff_confirm_other_figures_or_another_tier(place: Premises) -> None:
    """By the confirmed figures Gold is refused, with its condition named; Silver is granted, and the applicant is told why."""
    admit(place, silver={"spend_from": 2_000_00}, gold={"spend_from": 5_000_00})
    registration_id = place.submit(tier_applied_for="gold", prior_spend=cny(6_000_00))
    place.verify(registration_id)
    manager, path = place.staff(Role.MANAGER), f"/v1/applications/{registration_id}/approval"
    refused = manager.post(path, {"tier": "gold", "prior_spend": cny(4_999_99)})
    assert (422, {"tier": "admission_not_met"}) == (refused.status, refused.fields)
    assert "admission.spend_from 5000.00 CNY" in refused.text
    assert {"tier": "admission_tier_unknown"} == manager.post(path, {"tier": "copper"}).fields
    assert {"tier": "admission_not_met"} == manager.post(path, {"tier": "platinum"}).fields
    assert {"prior_spend.currency": "admission_currency"} == manager.post(path, {"prior_spend": {"amount": 1, "currency": "USD"}}).fields

    assert "silver" == manager.post(path, {"prior_spend": cny(4_999_99)}).json["tier_by_rules"]
    state = place.public.get(f"/v1/registrations/{registration_id}").json
    assert ("silver", [("admission_spend", {"tier": "gold", "spend_from": 5_000_00, "currency": "CNY"})]) == (
        state["tier_granted"],
        told(state),
    )


@pytest.mark.requirement("REG-08")
def test_staff_may_grant_less_than_the_rules_allow(place: Premises) -> None:
    """A lower tier than the claims come to is a decision of staff, and is told as one."""
    admit(place, gold={"spend_from": 5_000_00})
    registration_id = place.submit(tier_applied_for="gold", prior_spend=cny(6_000_00))
    place.verify(registration_id)
    assert 200 == place.staff(Role.MANAGER).post(f"/v1/applications/{registration_id}/approval", {"tier": "ordinary"}).status
    state = place.public.get(f"/v1/registrations/{registration_id}").json
    assert ("ordinary", [("tier_by_staff", {"tier": "ordinary"})]) == (state["tier_granted"], told(state))


@pytest.mark.requirement("REG-07")
def test_staff_cannot_approve_whom_not_even_the_lowest_tier_admits(place: Premises) -> None:
    """The claim that let the form wait was not confirmed: approval is refused with the condition, rejection is open."""
    admit(place, ordinary={"spend_from": 1_000_00})
    registration_id = place.submit(prior_spend=cny(1_000_00))
    assert "verified" == place.verify(registration_id).json["state"]
    refused = place.staff(Role.MANAGER).post(f"/v1/applications/{registration_id}/approval", {"prior_spend": cny(0)})
    assert {"tier": "admission_not_met"} == refused.fields


@pytest.mark.requirement("TIER-14", "REG-07")
def test_correcting_a_form_of_staff_takes_its_claims_back_to_claims(place: Premises) -> None:
    """Otherwise anybody could enter a clerk's form with small figures and correct them from the street."""
    admit(place, gold={"spend_from": 5_000_00})
    taken = place.staff(Role.CLERK).post("/v1/members", form(prior_spend=cny(1)))
    registration_id = taken.json["registration_id"]
    place.public.put(f"/v1/registrations/{registration_id}", form(tier_applied_for="gold", prior_spend=cny(9_000_00)))
    assert "verified" == place.verify(registration_id).json["state"]


@pytest.mark.requirement("REG-07")
def test_claims_are_asked_for_only_where_a_condition_looks_at_them(place: Premises) -> None:
    """The preset's form refuses them by name; another currency than the programme's is refused too."""
    refused = place.public.post("/v1/registrations", form(prior_spend=cny(1), company_user="x"))
    assert {"prior_spend": "field_not_collected", "company_user": "field_not_collected"} == refused.fields

    admit(place, gold={"spend_from": 5_000_00})
    other = place.public.post("/v1/registrations", form(prior_spend={"amount": 1, "currency": "USD"}))
    assert {"prior_spend.currency": "admission_currency"} == other.fields


@pytest.mark.requirement("REG-07")
def test_claims_are_stored_sealed_and_end_with_the_review(
    place: Premises, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither figure nor user stands in an item, an event or the log in clear; the member's own fields do not have them."""
    admit(place, gold={"spend_from": 5_000_00, "company_user": True})
    opened = by_clerk(place, tier_applied_for="gold", prior_spend=cny(7_654_321), company_user="lin.xiaoman.77")
    place.set_password(opened["registration_id"])
    kept = json.dumps(place.items(), default=repr) + json.dumps(place.events()) + caplog.text + capsys.readouterr().out
    assert "7654321" not in kept
    assert "lin.xiaoman.77" not in kept
    (member,) = [item for item in place.items() if item["sk"] == "MEMBER"]
    assert {"name", "phone"} == set(member["sealed"])


@pytest.mark.requirement("TIER-14")
def test_items_from_before_there_were_conditions_are_read(place: Premises) -> None:
    """An application without an assessment waits, is seen and is approved as before; a card without a tier means the lowest."""
    place.publish(review_mode="manual")
    registration_id = place.submit()
    place.verify(registration_id)
    for item in place.table.stored.values():
        for name in ("assessment", "claims_by_staff"):
            item.pop(name, None)
    stored = [item for item in place.items() if item["sk"] == "REGISTRATION"]
    assert [None] == [registration_of(item).assessment for item in stored]
    manager = place.staff(Role.MANAGER)
    assert [None] == [item["tier_by_rules"] for item in manager.get("/v1/applications").json["items"]]
    assert "opened" == manager.post(f"/v1/applications/{registration_id}/approval").json["state"]

    (member,) = [item for item in place.items() if item["sk"] == "MEMBER"]
    assert "ordinary" == member_of(member).tier_at_start
    (card,) = [dict(item) for item in place.items() if item["sk"] == "CARD"]
    del card["tier_at_start"]
    assert "" == card_holder_of(card).tier_at_start
