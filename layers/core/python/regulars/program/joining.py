"""Joining: the form that applicants fill in, and the documents that they accept (REG-09, REG-11 to REG-13)."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from pydantic import Field

from regulars.kernel.language import Text
from regulars.kernel.wire import Finding, PlainText
from regulars.program.admission import COMPANY_USER, PRIOR_SPEND
from regulars.program.parts import TWICE, Rules, Words, repeated


class JoinField(StrEnum):
    """The fields an applicant may be asked for (REG-11)."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    GENDER = "gender"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    INTERESTS = "interests"
    PRIOR_SPEND = PRIOR_SPEND
    COMPANY_USER = COMPANY_USER


class FormField(Rules):
    """One field of the join form, whether it must be filled in, and what it is used for (REG-12, PRV-03)."""

    field: JoinField = Field(strict=False)
    required: bool
    purpose: Words


class Document(Rules):
    """A text that applicants accept by version: terms or the privacy policy (PRV-04, REG-09, REG-13)."""

    version: PlainText = Field(min_length=1, max_length=32)
    title: Words
    text: Words


_NAME = Text("The form must ask for the name and require it.", "表单须包含姓名且为必填。")
_CONTACT = Text("The form must ask for phone or email.", "表单须包含手机或邮箱。")


def form_findings(form: Sequence[FormField]) -> Iterator[Finding]:
    """What is wrong with the form: fields twice, no name, no contact."""
    fields = [item.field for item in form]
    for number in repeated(fields):
        yield ("join_form", number, "field"), "duplicate", TWICE
    if not any(item.field is JoinField.NAME and item.required for item in form):
        yield ("join_form",), "name_required", _NAME
    if not {JoinField.PHONE, JoinField.EMAIL} & set(fields):
        yield ("join_form",), "contact_required", _CONTACT
