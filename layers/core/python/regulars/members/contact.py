"""Contacts: phones as E.164, e-mail addresses in one form, and how each is shown masked. No look-ups over the network."""

import unicodedata
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from regulars.members.model import ContactKind, ContactMark
from regulars.members.signing import Signer

DEFAULT_REGION = "CN"
INDEX_VERSION = 1
_REACHED_BY_SMS = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


class InvalidContactError(ValueError):
    """A text is no phone that takes SMS, or no e-mail address."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact in its one form."""

    kind: ContactKind
    address: str


def parse_phone(text: str) -> Contact:
    """A mobile number as E.164; a number without a country is Chinese.

    Raises:
        InvalidContactError: it is no valid number that takes SMS.
    """
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException as error:
        raise InvalidContactError from error
    if number.extension or not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _REACHED_BY_SMS:
        raise InvalidContactError
    return Contact(ContactKind.PHONE, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def parse_email(text: str) -> Contact:
    """An e-mail address as it is written to: the domain in ASCII, the local part as given.

    Raises:
        InvalidContactError: it is no address.
    """
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidContactError from error
    return Contact(ContactKind.EMAIL, f"{found.ascii_local_part}@{found.ascii_domain}")


def parse_contact(text: str) -> Contact:
    """A phone or an e-mail address, whichever the text is.

    Raises:
        InvalidContactError: it is neither.
    """
    return parse_email(text) if "@" in text else parse_phone(text)


def mark_of(keys: Signer, contact: Contact) -> ContactMark:
    """The blind index of a contact: HMAC-SHA-256 of its normal form, with the version of the index (S16)."""
    normal = unicodedata.normalize("NFKC", contact.address).casefold()
    return ContactMark(contact.kind, f"{INDEX_VERSION}:{keys.sign('index', f'{contact.kind}/{normal}').hex()}")
