"""What members see and change of themselves: profile, consents, card; and how staff find members (PRO-03, PRO-19, CARD-06)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from regulars.kernel.clock import Clock, business_date
from regulars.kernel.errors import NotFoundError, PreconditionFailedError
from regulars.kernel.paging import Page
from regulars.kernel.retry import Patience
from regulars.members.card import CardToken, card_tokens, is_card_number
from regulars.members.commands import ChangeConsents, ChangeProfile
from regulars.members.contact import Contact, InvalidContactError, mark_of, parse_email, parse_phone
from regulars.members.errors import DocumentNotCurrentError, FieldNeededError, ReviewNeededError
from regulars.members.events import ProfileChanged
from regulars.members.form import birth_month, require_birth_date
from regulars.members.model import Accepted, Member
from regulars.members.ports import MemberStore, Record, Vault
from regulars.members.recording import happened
from regulars.members.signing import Signer
from regulars.program.model import Programme, ProgrammeVersion

CARD_TOKENS_AHEAD = 10
"""The present token and nine more: the card works for about ten minutes without a line."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A member with the personal fields in clear."""

    member: Member
    fields: dict[str, str]

    @property
    def interests(self) -> tuple[str, ...]:
        return tuple(json.loads(self.fields.get("interests", "[]")))


@dataclass(frozen=True, slots=True)
class ProfileService:
    """Reads and changes members."""

    members: MemberStore
    vault: Vault
    keys: Signer
    programme_at: Callable[[datetime], ProgrammeVersion]
    clock: Clock
    patience: Patience

    def profile(self, member_id: str) -> Profile:
        """A member's profile.

        Raises:
            NotFoundError: there is no such member.
        """
        member = self.member(member_id)
        return Profile(member, self.vault.open(member_id, member.sealed))

    def member(self, member_id: str) -> Member:
        """A member without the personal fields.

        Raises:
            NotFoundError: there is no such member.
        """
        member = self.members.find(member_id)
        if member is None:
            raise NotFoundError
        return member

    def change(self, member_id: str, command: ChangeProfile, version_read: int | None, actor: str) -> Profile:
        """Changes free fields.

        Raises:
            NotFoundError: there is no such member.
            PreconditionFailedError: the profile is not the one that was read.
            FieldNeededError: a field the programme needs would be emptied.
            ReviewNeededError: a date of birth that was given is changed by staff after a check.
            ValidationFailedError: the date of birth is none, or somebody's under age.
        """
        return self.patience.attempt(lambda: self._changed(member_id, command, version_read, actor))

    def _changed(self, member_id: str, command: ChangeProfile, version_read: int | None, actor: str) -> Profile:
        before = self.profile(member_id)
        if version_read is not None and version_read != before.member.version:
            raise PreconditionFailedError
        programme = self._programme()
        _require_needed(command, programme)
        changes = {name: text for name, text in command.fields.items() if before.fields.get(name) != text}
        language = command.language or before.member.language
        changed = sorted(changes) + (["language"] if language != before.member.language else [])
        if not changed:
            return before
        now = self.clock()
        _require_first_birth_date(before, changes, business_date(now, programme.time_zone))
        sealed = self.vault.change(member_id, before.member.sealed, changes)
        month = birth_month(before.fields | changes)
        member = replace(before.member, sealed=sealed, language=language, birth_month=month, version=before.member.version + 1)
        event = happened(
            ProfileChanged, member_id, member.version, now,
            member_id=member_id, fields=tuple(changed), member_version=member.version,
        )  # fmt: skip
        self.members.save(member, Record("log", "profile_changed", now, actor, {"fields": ",".join(changed)}, (event,)))
        fields = {name: text for name, text in (before.fields | changes).items() if text is not None}
        return Profile(member, fields)

    def documents_due(self, member: Member) -> tuple[tuple[str, str], ...]:
        """The documents in force that the member has not accepted yet."""
        programme = self._programme()
        return member.accepted.due(programme.terms.version, programme.privacy.version)

    def consent_records(self, member_id: str, limit: int, cursor: str | None) -> Page[Record]:
        """What the member agreed to and withdrew, the newest first."""
        return self.members.consent_records(member_id, limit, cursor)

    def change_consents(self, member_id: str, command: ChangeConsents, actor: str) -> Member:
        """Accepts documents, gives or withdraws marketing consents; what is so already is not recorded again.

        Raises:
            NotFoundError: there is no such member.
            DocumentNotCurrentError: a version that is not in force.
        """
        return self.patience.attempt(lambda: self._consented(member_id, command, actor))

    def _consented(self, member_id: str, command: ChangeConsents, actor: str) -> Member:
        before = self.member(member_id)
        programme, now = self._programme(), self.clock()
        _require_current(command, programme)
        after = replace(
            before,
            marketing=(before.marketing | {channel for channel, given in command.marketing.items() if given})
            - {channel for channel, given in command.marketing.items() if not given},
            accepted=_accepted(before.accepted, command, now),
        )
        facts = _consent_changes(before, after)
        if not facts:
            return before
        after = replace(after, version=before.version + 1)
        self.members.save(after, Record("consent", "changed", now, actor, facts))
        return after

    def card_tokens(self, member: Member) -> tuple[CardToken, ...]:
        """The token to show now and the next few."""
        return card_tokens(self.keys, member.card_number, self.clock(), CARD_TOKENS_AHEAD)

    def search(
        self, *, member_id: str | None = None, card_number: str | None = None, phone: str | None = None, email: str | None = None
    ) -> tuple[Profile, ...]:
        """The member of an id, a card, or a verified contact; none or one."""
        found: str | None = member_id
        if card_number is not None:
            holder = self.members.card(card_number) if is_card_number(card_number) else None
            found = holder.member_id if holder else None
        elif phone is not None:
            found = self._owner(phone, parse_phone)
        elif email is not None:
            found = self._owner(email, parse_email)
        member = self.members.find(found) if found else None
        return (Profile(member, self.vault.open(member.member_id, member.sealed)),) if member else ()

    def _owner(self, text: str, parse: Callable[[str], Contact]) -> str | None:
        try:
            return self.members.owner_of(mark_of(self.keys, parse(text)))
        except InvalidContactError:
            return None

    def _programme(self) -> Programme:
        return self.programme_at(self.clock()).programme


def _require_first_birth_date(before: Profile, changes: Mapping[str, str | None], today: date) -> None:
    given = changes.get("birth_date")
    if "birth_date" in before.fields and "birth_date" in changes:
        raise ReviewNeededError(field="birth_date")
    if given:
        require_birth_date(date.fromisoformat(given), today)


def _require_needed(command: ChangeProfile, programme: Programme) -> None:
    needed = {item.field.value for item in programme.join_form if item.required}
    for name, text in command.fields.items():
        if text is None and name in needed:
            raise FieldNeededError(field=name)


def _require_current(command: ChangeConsents, programme: Programme) -> None:
    pairs = (("terms_version", command.terms_version, programme.terms), ("privacy_version", command.privacy_version, programme.privacy))
    for name, version, document in pairs:
        if version is not None and version != document.version:
            raise DocumentNotCurrentError(field=name, version=document.version)


def _accepted(before: Accepted, command: ChangeConsents, now: datetime) -> Accepted:
    terms = command.terms_version or before.terms_version
    privacy = command.privacy_version or before.privacy_version
    if (terms, privacy) == (before.terms_version, before.privacy_version):
        return before
    return Accepted(terms, privacy, now)


def _consent_changes(before: Member, after: Member) -> dict[str, str]:
    facts: dict[str, str] = {}
    if after.accepted.terms_version != before.accepted.terms_version:
        facts["terms"] = after.accepted.terms_version
    if after.accepted.privacy_version != before.accepted.privacy_version:
        facts["privacy"] = after.accepted.privacy_version
    facts |= {f"marketing.{channel.value}": "granted" for channel in sorted(after.marketing - before.marketing)}
    facts |= {f"marketing.{channel.value}": "withdrawn" for channel in sorted(before.marketing - after.marketing)}
    return facts
