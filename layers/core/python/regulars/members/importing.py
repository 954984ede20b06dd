"""Members who come from another system: opened by the import that vouches for them, once for each of its references (decision on imports).

No code is sent and nobody is welcomed: the member is active at once, so that purchases and balances can follow, and logs in for the first
time by a code to the contact (a password reset), which proves it. Consents are those of the file; what is not in force any more, or was
not told, is asked for at the first log-in.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from regulars.kernel.clock import Clock, business_date
from regulars.kernel.errors import FieldError, ValidationFailedError
from regulars.kernel.ids import derived_id
from regulars.kernel.retry import Patience
from regulars.members.admission import CLAIM_FIELDS
from regulars.members.card import card_number
from regulars.members.commands import SubmitApplication
from regulars.members.contact import mark_of
from regulars.members.errors import ContactAlreadyMemberError
from regulars.members.form import UNKNOWN_TIER, birth_month, review
from regulars.members.model import Accepted, Code, ContactMark, Member, MemberStatus, Registration, RegistrationState, Sealed, Step
from regulars.members.ports import ContactTakenError, Record, RegistrationStore, Vault
from regulars.members.signing import Signer
from regulars.program.model import Programme, ProgrammeVersion

_STEPS = (RegistrationState.VERIFIED, RegistrationState.REVIEWED, RegistrationState.OPENED, RegistrationState.COMPLETE)


@dataclass(frozen=True, slots=True)
class BringMember:
    """A member of another system: its name and reference there, the form, and what was accepted when (nothing where it is not known).

    `tier` is the one the member had there and begins with here (TIER-14); the lowest, where none is told.
    """

    source: str
    reference: str
    form: SubmitApplication
    accepted_at: datetime | None
    actor: str
    tier: str | None = None


def imported_member_id(source: str, reference: str) -> str:
    """The id of a member who came, or will come, by an import: it follows from the other system's name and reference."""
    return derived_id("mem", "imported", source, reference)


@dataclass(frozen=True, slots=True)
class MemberImports:
    """Opens members."""

    store: RegistrationStore
    vault: Vault
    keys: Signer
    programme_at: Callable[[datetime], ProgrammeVersion]
    clock: Clock
    random_digits: Callable[[int], str]
    patience: Patience

    def bring(self, command: BringMember) -> tuple[str, bool]:
        """The member's id, and whether the reference had come before.

        Raises:
            ValidationFailedError: fields are missing, unfit or not asked for, or the programme has no such tier.
            ContactAlreadyMemberError: the contact is another member's.
            ConflictError: others kept changing it; try again.
        """
        member_id = imported_member_id(command.source, command.reference)
        return member_id, self.patience.attempt(lambda: self._bring(command, member_id))

    def _bring(self, command: BringMember, member_id: str) -> bool:
        known = self.store.find(_registration_id(command))
        if known and known.state is RegistrationState.COMPLETE:
            return True
        now = self.clock()
        version = self.programme_at(now)
        programme = version.programme
        form = replace(
            command.form, terms_version=programme.terms.version, privacy_version=programme.privacy.version, information_is_true=True
        )
        tier = _tier_of(command, programme)
        clean = review(form, _without_claims(programme), business_date(now, programme.time_zone))
        sealed = self.vault.seal(member_id, clean.fields)
        registration = known or _registration(command, version.number, mark_of(self.keys, clean.contact), now)
        if known is None:
            self.store.add(registration, Record("log", "imported", now, command.actor))
        contact = mark_of(self.keys, clean.contact)
        self._open(replace(registration, contact=contact, birth_month=birth_month(clean.fields)), sealed, tier, now)
        return False

    def _open(self, registration: Registration, sealed: Sealed, tier: str, now: datetime) -> None:
        actor = registration.entered_by or ""
        for state in _STEPS:
            registration = registration.moved(state, now, actor)
        member = Member(
            member_id=registration.member_id,
            registration_id=registration.registration_id,
            status=MemberStatus.ACTIVE,
            channel=registration.channel,
            language=registration.language,
            card_number=card_number(self.random_digits(13)),
            tier_at_start=tier,
            opened_at=now,
            contact=registration.contact,
            sealed=sealed,
            accepted=registration.accepted,
            marketing=registration.marketing,
            activated_at=now,
            entered_by=actor,
            birth_month=registration.birth_month,
        )
        opened = replace(registration, version=registration.version + 1)
        try:
            self.store.open(opened, member, Record("log", "opened", now, actor, {"member_id": member.member_id}), _records(member, now))
        except ContactTakenError:
            raise ContactAlreadyMemberError from None


def _tier_of(command: BringMember, programme: Programme) -> str:
    codes = [tier.code for tier in programme.tiers]
    if command.tier is None:
        return codes[0]
    if command.tier not in codes:
        raise ValidationFailedError(errors=(FieldError("tier", "unknown_tier", UNKNOWN_TIER),))
    return command.tier


def _without_claims(programme: Programme) -> Programme:
    """The import vouches for its members: nobody claims anything for admission."""
    return programme.model_copy(update={"join_form": tuple(item for item in programme.join_form if item.field not in CLAIM_FIELDS)})


def _registration_id(command: BringMember) -> str:
    return derived_id("reg", "imported", command.source, command.reference)


def _registration(command: BringMember, program_version: int, contact: ContactMark, now: datetime) -> Registration:
    return Registration(
        registration_id=_registration_id(command),
        member_id=imported_member_id(command.source, command.reference),
        steps=(Step(RegistrationState.SUBMITTED, now, command.actor),),
        channel=command.form.channel,
        language=command.form.language,
        contact=contact,
        sealed=None,
        accepted=Accepted(command.form.terms_version, command.form.privacy_version, command.accepted_at or now),
        marketing=command.form.marketing,
        tier_applied_for=None,
        code=Code(0, now),
        program_version=program_version,
        entered_by=command.actor,
    )


def _records(member: Member, now: datetime) -> tuple[Record, ...]:
    actor, accepted = member.entered_by or "", member.accepted
    consents = {name: version for name, version in (("terms", accepted.terms_version), ("privacy", accepted.privacy_version)) if version}
    consents |= {f"marketing.{channel.value}": "granted" for channel in sorted(member.marketing)}
    return (
        Record("log", "opened", now, actor, {"registration_id": member.registration_id}),
        Record("consent", "accepted", accepted.accepted_at, actor, consents),
    )
