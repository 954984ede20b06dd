"""The rules as data: what is accepted, what is refused with the field's path, and which tier a spend qualifies for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from regulars.kernel.language import Text
from regulars.program.joining import Document, FormField, JoinField
from regulars.program.model import Programme, Tier
from regulars.program.parts import Words
from regulars.program.policies import Qualification
from regulars.program.presets import PresetName, preset
from regulars.program.qualifying import Factor, Figures
from tests.support.program import programme_json

WORDS = Words(en="x", zh_cn="某")


LARGEST = {Factor.SPEND: 10**12, Factor.ORDERS: 10**6, Factor.POINTS: 10**12, Factor.ACTIVE_MONTHS: 37, Factor.LOYALTY_MONTHS: 1200}
DOCUMENT = Document(version="1", title=WORDS, text=WORDS)
FORM = tuple(FormField(field=field, required=True, purpose=WORDS) for field in (JoinField.NAME, JoinField.PHONE))


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """Programmes with one to nine tiers, any of the factors, and thresholds that rise; the first factor's rise at every tier."""
    first, *others = draw(st.lists(st.sampled_from(Factor), min_size=1, unique=True))
    rising = sorted(draw(st.sets(st.integers(1, LARGEST[first]), max_size=8)))
    columns = {first: rising}
    for factor in others:
        columns[factor] = sorted(draw(st.lists(st.integers(1, LARGEST[factor]), min_size=len(rising), max_size=len(rising))))
    asked = [{}, *({factor: column[number] for factor, column in columns.items()} for number in range(len(rising)))]
    qualification = Qualification(match=draw(st.sampled_from(["all", "any"])))
    return Programme(
        name=WORDS, tiers=tuple(_tier(*pair) for pair in enumerate(asked)), qualification=qualification, join_form=FORM, terms=DOCUMENT,
        privacy=DOCUMENT,
    )  # fmt: skip


def _tier(number: int, asked: Figures) -> Tier:
    thresholds = {"spend_from": 0, **{f"{factor}_from": threshold for factor, threshold in asked.items()}}
    return Tier.model_validate({"code": f"t{number}", "name": WORDS, "points_per_unit_thousandths": 1000, **thresholds})


def figures() -> st.SearchStrategy[Figures]:
    """What a member may have reached."""
    return st.fixed_dictionaries({factor: st.integers(0, 2 * largest) for factor, largest in LARGEST.items()})


def errors(content: dict[str, Any]) -> dict[str, str]:
    """The fields that are refused, by path, with the code of each."""
    with pytest.raises(ValidationError) as refused:
        Programme.model_validate_json(json.dumps(content))
    found = refused.value.errors(include_url=False)
    assert all(isinstance(error["ctx"]["text"], Text) for error in found if error["type"] == error["msg"])
    return {".".join(str(part) for part in error["loc"]): error["type"] for error in found}


def with_tier(number: int, **parts: Any) -> dict[str, Any]:
    """The preset `four` with parts of one tier replaced."""
    tiers = programme_json()["tiers"]
    tiers[number] = {**tiers[number], **parts}
    return programme_json(tiers=tiers)


def agent(user: str) -> dict[str, Any]:
    """One of the staff as a tier names them."""
    return {"user": user, "name": {"en": "Ms Li", "zh_cn": "李女士"}}


_LI_NA_TWICE = {"tiers.3.service.agents.2.user": "duplicate"}


@given(programmes(), figures(), figures())
def test_more_never_lowers_the_tier(programme: Programme, reached: Figures, more: Figures) -> None:
    """Law Q2: with more in any factor the tier is the same or a higher one."""
    further = {factor: reached[factor] + more[factor] for factor in Factor}

    assert programme.tier_index(programme.tier_for(reached).code) <= programme.tier_index(programme.tier_for(further).code)


@given(programmes(), st.data())
def test_a_tier_begins_at_its_threshold_exactly(programme: Programme, data: st.DataObject) -> None:
    """Law Q4: at its thresholds the tier, one less in a factor that rises the tier below, whether all or any of them count."""
    number = data.draw(st.integers(0, len(programme.tiers) - 1))
    tier, below = programme.tiers[number], programme.tiers[max(number - 1, 0)]
    rising = [factor for factor, asked in tier.thresholds.items() if asked > below.thresholds.get(factor, 0)]
    reached = dict.fromkeys(Factor, 0) | dict(tier.thresholds)

    if programme.qualification.match == "all":
        assert tier == programme.tier_for(reached)
        assert all(below == programme.tier_for({**reached, factor: tier.thresholds[factor] - 1}) for factor in rising)
    else:
        alone = {factor: dict.fromkeys(Factor, 0) | {factor: asked} for factor, asked in tier.thresholds.items()}
        assert all(programme.tier_index(programme.tier_for(only).code) >= number for only in alone.values())
        assert all(programme.tier_index(programme.tier_for({**alone[f], f: tier.thresholds[f] - 1}).code) < number for f in rising)


@given(programmes())
def test_a_programme_survives_being_stored(programme: Programme) -> None:
    """What is read back from JSON is the very same programme."""
    assert programme == Programme.model_validate_json(programme.model_dump_json())


@pytest.mark.parametrize(("name", "codes"), [("four", 4), ("five", 5)])
def test_the_presets_differ_in_data_only(name: PresetName, codes: int) -> None:
    """Four tiers or five, in both languages, at the figures of the design."""
    all_codes = ["ordinary", "silver", "gold", "platinum", "diamond"]
    all_names = ["普通", "银卡", "金卡", "白金", "钻石"]
    spend = [0, 1_000_00, 2_500_00, 5_000_00, 10_000_00]
    rates = [1000, 1200, 1500, 2000, 2500]
    tiers = preset(name).tiers

    expected = list(zip(all_codes, all_names, spend, rates, strict=True))[:codes]
    assert expected == [(tier.code, tier.name.zh_cn, tier.spend_from, tier.points_per_unit_thousandths) for tier in tiers]


@pytest.mark.parametrize(("name", "priorities"), [("four", [0, 1, 2, 3]), ("five", [0, 1, 2, 3, 4])])
def test_in_the_presets_a_higher_tier_is_served_first(name: PresetName, priorities: list[int]) -> None:
    """From silver on there is a lane; agents are the owner's staff, and none comes with a preset (TIER-11)."""
    services = [tier.service for tier in preset(name).tiers]

    assert priorities == [service.priority for service in services]
    assert [False, *[True] * (len(services) - 1)] == [service.has_lane for service in services]
    assert {()} == {service.agents for service in services}


def test_a_tier_that_says_nothing_of_service_waits_its_turn() -> None:
    """Versions from before there were lanes and agents read as they did: priority 0 and no agent."""
    content = programme_json()
    for tier in content["tiers"]:
        del tier["service"]
    services = [tier.service for tier in Programme.model_validate_json(json.dumps(content)).tiers]

    assert [(0, (), False, False)] * 4 == [(found.priority, found.agents, found.has_lane, found.has_agent) for found in services]


def test_higher_tiers_enjoy_what_lower_ones_do() -> None:
    """A tier's benefits are its own and those of every tier below, in the programme's order."""
    five = preset("five")

    assert ["points", "order_tracking"] == [benefit.code for benefit in five.benefits_of("ordinary")]
    assert list(five.benefits) == list(five.benefits_of("diamond"))


def test_an_unknown_tier_counts_as_the_lowest() -> None:
    """A member whose tier a later version does not have is at its lowest one."""
    assert 0 == preset("four").tier_index("diamond")
    assert 3 == preset("four").tier_index("platinum")


def test_words_speak_both_languages() -> None:
    """Chinese for zh-CN, English for everybody else."""
    assert ("x", "某") == (WORDS.in_language("en"), WORDS.in_language("zh-CN"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (with_tier(0, spend_from=1), {"tiers.0.spend_from": "threshold_order"}),
        (with_tier(2, spend_from=100_000), {"tiers.2.spend_from": "threshold_order"}),
        (with_tier(1, orders_from=5), {"tiers.2.spend_from": "threshold_order"}),
        (with_tier(1, spend_from=-1), {"tiers.1.spend_from": "greater_than_equal"}),
        (with_tier(1, spend_from=1.5), {"tiers.1.spend_from": "int_type"}),
        (with_tier(1, code="Silver!"), {"tiers.1.code": "string_pattern_mismatch"}),
        (with_tier(1, code="gold"), {"tiers.2.code": "duplicate"}),
        (with_tier(1, benefits=["points", "yacht"]), {"tiers.1.benefits.1": "unknown_benefit"}),
        (with_tier(1, name={"en": "Silver", "zh_cn": ""}), {"tiers.1.name.zh_cn": "string_too_short"}),
        (with_tier(1, name={"en": "a\x00b", "zh_cn": "银"}), {"tiers.1.name.en": "string_pattern_mismatch"}),
        (with_tier(3, points_per_unit_thousandths=100_001), {"tiers.3.points_per_unit_thousandths": "less_than_equal"}),
        (with_tier(1, service={"priority": 3}), {"tiers.2.service.priority": "priority_order"}),
        (with_tier(3, service={}), {"tiers.3.service.priority": "priority_order"}),
        (with_tier(3, service={"priority": 10}), {"tiers.3.service.priority": "less_than_equal"}),
        (with_tier(3, service={"priority": 3, "agents": [agent("li.na"), agent("wu"), agent("li.na")]}), _LI_NA_TWICE),
        (with_tier(3, service={"priority": 3, "agents": [agent("Li Na")]}), {"tiers.3.service.agents.0.user": "string_pattern_mismatch"}),
        (programme_json(tiers=[]), {"tiers": "too_short"}),
        (programme_json(benefits=programme_json()["benefits"] * 2), {f"benefits.{number}.code": "duplicate" for number in range(10, 20)}),
        (programme_json(currency="yuan"), {"currency": "string_pattern_mismatch"}),
        (programme_json(time_zone="Mars/Olympus"), {"time_zone": "unknown_time_zone"}),
        (programme_json(time_zone="../etc/passwd"), {"time_zone": "unknown_time_zone"}),
        (programme_json(time_zone="America/Argentina"), {"time_zone": "unknown_time_zone"}),
        (programme_json(time_zone="localtime"), {"time_zone": "unknown_time_zone"}),
        (programme_json(qualification={"months": 0}), {"qualification.months": "greater_than_equal"}),
        (programme_json(expiry={"policy": "sometimes"}), {"expiry.policy": "enum"}),
        (programme_json(review_mode="dice"), {"review_mode": "enum"}),
        (programme_json(late_window_days=True), {"late_window_days": "int_type"}),
        (programme_json(surprise=1), {"surprise": "extra_forbidden"}),
    ],
)
def test_an_unfit_programme_is_refused_by_field(content: dict[str, Any], expected: dict[str, str]) -> None:
    """Each finding names the path of the field to change and a stable code."""
    assert expected == errors(content)


def _admitting(*admissions: dict[str, Any] | None, form: tuple[str, ...] = ("prior_spend", "company_user")) -> dict[str, Any]:
    """The preset with conditions on its tiers, the lowest first, and fields for them in the form."""
    content = programme_json()
    purpose = {"en": "p", "zh_cn": "用"}
    asked = [*content["join_form"], *({"field": field, "required": False, "purpose": purpose} for field in form)]
    tiers = [{**tier, "admission": admission} for tier, admission in zip(content["tiers"], [*admissions, *([None] * 4)], strict=False)]
    return {**content, "tiers": tiers, "join_form": asked}


@pytest.mark.requirement("REG-08", "REG-12")
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            _admitting({"spend_from": 5, "company_user": True}, None, {"spend_from": 4, "company_user": True}),
            {"tiers.2.admission": "admission_order"},
        ),
        (_admitting({"spend_from": 5, "company_user": True}, {"spend_from": 5}), {"tiers.1.admission": "admission_order"}),
        (_admitting(None, {"spend_from": 5}, form=()), {"tiers.1.admission.spend_from": "admission_field_missing"}),
        (_admitting({"company_user": True}, form=()), {"tiers.0.admission.company_user": "admission_field_missing"}),
        (_admitting({"spend_from": 5}), {"join_form.8.field": "field_without_use"}),
        (_admitting({"spend_from": 0}, form=()), {"tiers.0.admission.spend_from": "greater_than_equal"}),
    ],
)
def test_unfit_conditions_on_joining_are_refused(content: dict[str, Any], expected: dict[str, str]) -> None:
    """They do not get easier as tiers rise; the form asks, with a purpose, for what they look at and for nothing they do not."""
    assert expected == errors(content)


@pytest.mark.requirement("REG-08")
def test_conditions_may_be_equal_and_tiers_between_may_be_closed() -> None:
    """The same conditions twice are no easier; a tier that nobody joins directly is left out of the comparison."""
    programme = Programme.model_validate_json(json.dumps(_admitting({"spend_from": 5}, None, {"spend_from": 5}, form=("prior_spend",))))
    assert [5, None, 5] == [tier.admission and tier.admission.spend_from for tier in programme.tiers[:3]]


def _form(*fields: tuple[str, bool]) -> dict[str, Any]:
    return programme_json(
        join_form=[{"field": field, "required": required, "purpose": {"en": "p", "zh_cn": "用"}} for field, required in fields]
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (_form(("name", False), ("phone", True)), {"join_form": "name_required"}),
        (_form(("name", True), ("address", True)), {"join_form": "contact_required"}),
        (_form(("name", True), ("phone", True), ("phone", False)), {"join_form.2.field": "duplicate"}),
        (_form(("name", True), ("email", True), ("shoe_size", False)), {"join_form.2.field": "enum"}),
    ],
)
def test_a_join_form_that_could_not_make_members_is_refused(content: dict[str, Any], expected: dict[str, str]) -> None:
    """It requires the name, asks for a contact, and has each field at most once."""
    assert expected == errors(content)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires", "Etc/GMT+8"])
def test_zones_of_the_iana_list_are_known(zone: str) -> None:
    """Any zone of the list may be the programme's."""
    assert zone == Programme.model_validate_json(json.dumps(programme_json(time_zone=zone))).time_zone
