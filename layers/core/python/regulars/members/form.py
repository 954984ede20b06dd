"""The automatic review: is a form complete and valid by the programme in force? (REG-11, REG-15; pure)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from regulars.kernel.errors import FieldError, ValidationFailedError
from regulars.kernel.language import Text
from regulars.members.commands import SubmitApplication
from regulars.members.contact import Contact, InvalidContactError, parse_email, parse_phone
from regulars.members.errors import AdmissionCurrencyError
from regulars.members.model import ContactKind
from regulars.program.joining import JoinField
from regulars.program.model import Programme

AGE_YEARS_MIN = 14
"""Younger people need a guardian's consent (PIPL 31), which is not offered."""
_BORN_FROM = date(1900, 1, 1)

UNKNOWN_TIER = Text("The programme has no such tier.", "会员计划没有该等级。")
_TEXTS = {
    "field_needed": Text("The programme needs this field.", "会员计划要求填写此项。"),
    "field_not_collected": Text("The programme does not ask for this field.", "会员计划不收集此项信息。"),
    "contact_needed": Text("A phone number or an e-mail address is needed.", "请填写手机号或邮箱。"),
    "phone_invalid": Text(
        "This is no mobile number; start with + and the country where it is not Chinese.", "手机号无效；非中国大陆号码请加国家代码。"
    ),
    "email_invalid": Text("This is no e-mail address.", "邮箱地址无效。"),
    "contact_not_given": Text("That contact was not filled in.", "未填写该联系方式。"),
    "birth_date_invalid": Text("This is no date of birth.", "出生日期无效。"),
    "guardian_needed": Text("Members are at least 14 years old.", "会员须年满 14 周岁。"),
    "document_not_current": Text("Accept the version in force: {version}.", "请同意当前生效的版本：{version}。"),
    "declaration_needed": Text("Declare that what you tell is true.", "请确认所填信息真实。"),
    "admission_currency": AdmissionCurrencyError.text,
    "unknown_tier": UNKNOWN_TIER,
}


@dataclass(frozen=True, slots=True)
class CleanApplication:
    """A form that passed: the contact to verify and every personal field in its normal form, by name."""

    contact: Contact
    fields: Mapping[str, str]


@dataclass(slots=True)
class _Findings:
    errors: list[FieldError] = field(default_factory=list)

    def add(self, name: str, code: str, **figures: str) -> None:
        text = _TEXTS[code]
        self.errors.append(FieldError(name, code, Text(text.en.format(**figures), text.zh_cn.format(**figures))))


def review(command: SubmitApplication, programme: Programme, today: date) -> CleanApplication:
    """The form in its normal form.

    Raises:
        ValidationFailedError: names every field that is missing, unfit or not asked for.
    """
    findings = _Findings()
    fields = _given(command)
    _check_join_form(fields, programme, findings)
    contacts = _contacts(command, findings)
    contact = _contact_to_verify(command, contacts, programme, findings)
    _check_birth_date(command.birth_date, today, findings)
    _check_agreement(command, programme, findings)
    if findings.errors or contact is None:
        raise ValidationFailedError(errors=tuple(findings.errors))
    return CleanApplication(contact, fields | {kind.value: found.address for kind, found in contacts.items()})


def require_birth_date(birth_date: date, today: date) -> None:
    """Lets the date of birth of somebody old enough pass.

    Raises:
        ValidationFailedError: it is no date of birth, or somebody's who would need a guardian.
    """
    findings = _Findings()
    _check_birth_date(birth_date, today, findings)
    if findings.errors:
        raise ValidationFailedError(errors=tuple(findings.errors))


def missing_fields(given: Iterable[str], programme: Programme) -> tuple[str, ...]:
    """The fields the programme needs that a form does not have: what the review looks at again when its turn comes."""
    names = set(given)
    return tuple(item.field.value for item in programme.join_form if item.required and item.field.value not in names)


def birth_month(fields: Mapping[str, str | None]) -> int | None:
    """The month of a date of birth among personal fields, which alone is kept unencrypted: birthday benefits need no key."""
    born = fields.get(JoinField.BIRTH_DATE)
    return date.fromisoformat(born).month if born else None


def age_on(birth_date: date, day: date) -> int:
    """Whole years of age on a day; somebody born on 29 February turns older on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _given(command: SubmitApplication) -> dict[str, str]:
    """The personal fields that were filled in, as text."""
    fields = {
        JoinField.NAME: command.name,
        JoinField.PHONE: command.phone,
        JoinField.EMAIL: command.email,
        JoinField.GENDER: command.gender,
        JoinField.BIRTH_DATE: command.birth_date.isoformat() if command.birth_date else None,
        JoinField.ADDRESS: command.address,
        JoinField.INTERESTS: interests_text(command.interests),
        JoinField.PRIOR_SPEND: str(command.prior_spend.amount) if command.prior_spend else None,
        JoinField.COMPANY_USER: command.company_user,
    }
    return {name.value: text for name, text in fields.items() if text}


def interests_text(interests: Iterable[str]) -> str | None:
    """A list of interests as one field; none as nothing."""
    found = list(dict.fromkeys(interests))
    return json.dumps(found, ensure_ascii=False) if found else None


def _check_join_form(fields: Mapping[str, str], programme: Programme, findings: _Findings) -> None:
    for name in missing_fields(fields, programme):
        findings.add(name, "field_needed")
    asked = {item.field.value for item in programme.join_form}
    for name in fields:
        if name not in asked:
            findings.add(name, "field_not_collected")


def _contacts(command: SubmitApplication, findings: _Findings) -> dict[ContactKind, Contact]:
    found: dict[ContactKind, Contact] = {}
    for kind, text, parse in (
        (ContactKind.PHONE, command.phone, parse_phone),
        (ContactKind.EMAIL, command.email, parse_email),
    ):
        if text:
            try:
                found[kind] = parse(text)
            except InvalidContactError:
                findings.add(kind.value, f"{kind.value}_invalid")
    return found


def _contact_to_verify(
    command: SubmitApplication, contacts: Mapping[ContactKind, Contact], programme: Programme, findings: _Findings
) -> Contact | None:
    """The contact that gets the code: the one asked for, else the phone, else the e-mail address."""
    if command.verify_by:
        if command.verify_by not in contacts and not findings.errors:
            findings.add("verify_by", "contact_not_given")
        return contacts.get(command.verify_by)
    if not contacts and not command.phone and not command.email:
        asked = {item.field for item in programme.join_form}
        findings.add("phone" if JoinField.PHONE in asked else "email", "contact_needed")
    return contacts.get(ContactKind.PHONE) or contacts.get(ContactKind.EMAIL)


def _check_birth_date(birth_date: date | None, today: date, findings: _Findings) -> None:
    if birth_date is None:
        return
    if not _BORN_FROM <= birth_date <= today:
        findings.add("birth_date", "birth_date_invalid")
    elif age_on(birth_date, today) < AGE_YEARS_MIN:
        findings.add("birth_date", "guardian_needed")


def _check_agreement(command: SubmitApplication, programme: Programme, findings: _Findings) -> None:
    if command.terms_version != programme.terms.version:
        findings.add("terms_version", "document_not_current", version=programme.terms.version)
    if command.privacy_version != programme.privacy.version:
        findings.add("privacy_version", "document_not_current", version=programme.privacy.version)
    if not command.information_is_true:
        findings.add("information_is_true", "declaration_needed")
    if command.prior_spend and command.prior_spend.currency != programme.currency:
        findings.add("prior_spend.currency", "admission_currency", currency=programme.currency)
    if command.tier_applied_for and command.tier_applied_for not in {tier.code for tier in programme.tiers}:
        findings.add("tier_applied_for", "unknown_tier")
