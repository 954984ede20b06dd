"""Admission: what somebody must bring to join, by tier (REG-07, REG-08, TIER-14)."""

from collections.abc import Collection, Iterator, Sequence

from pydantic import Field

from regulars.kernel.language import Text
from regulars.kernel.wire import Finding
from regulars.program.parts import Rules

PRIOR_SPEND, COMPANY_USER = "prior_spend", "company_user"
"""The fields of the join form that conditions look at."""


class Admission(Rules):
    """The conditions on joining at a tier; all that are set must hold. With none of them the tier is open to whoever applies for it.

    `spend_from`: earlier spend of at least this, in minor units. `company_user`: being a registered user of the company.
    """

    spend_from: int | None = Field(None, ge=1, le=10**12, description="Earlier spend that the applicant has, in minor units.")
    company_user: bool = Field(False, description="Whether only registered users of the company are admitted.")

    @property
    def asks_for(self) -> dict[str, str]:
        """The fields of the form that the conditions look at, by the condition."""
        asked = {"spend_from": PRIOR_SPEND if self.spend_from else "", "company_user": COMPANY_USER if self.company_user else ""}
        return {condition: field for condition, field in asked.items() if field}


_EASIER = Text(
    "A higher tier asks for no less on joining than a lower one: raise its conditions or lower those below.",
    "较高等级的入会条件不得低于较低等级，请提高该等级或降低较低等级的条件。",
)
_NOT_ASKED = Text(
    "The join form must ask for {field}, with its purpose: this condition looks at it.",
    "入会条件需要 {field}，请在表单中加入该项并说明用途。",
)
_NO_USE = Text("No tier's admission looks at this field: do not ask for it.", "没有等级的入会条件用到此项，请勿收集。")


def admission_findings(admissions: Sequence[Admission | None], form: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the conditions of the tiers, the lowest first, and with the form's fields for them."""
    below = Admission()
    for number, admission in enumerate(admissions):
        if admission is None:
            continue
        if (admission.spend_from or 0) < (below.spend_from or 0) or admission.company_user < below.company_user:
            yield ("tiers", number, "admission"), "admission_order", _EASIER
        yield from _not_asked(number, admission, form)
        below = admission
    used = {field for admission in admissions if admission for field in admission.asks_for.values()}
    for number, field in enumerate(form):
        if field in {PRIOR_SPEND, COMPANY_USER} - used:
            yield ("join_form", number, "field"), "field_without_use", _NO_USE


def _not_asked(number: int, admission: Admission, form: Collection[str]) -> Iterator[Finding]:
    for condition, field in admission.asks_for.items():
        if field not in form:
            sentence = Text(_NOT_ASKED.en.format(field=field), _NOT_ASKED.zh_cn.format(field=field))
            yield ("tiers", number, "admission", condition), "admission_field_missing", sentence
