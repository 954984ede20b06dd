"""Joining: submit a form, prove the contact by a code, correct what was wrong (REG-02 … REG-24).

The answers are alike for known and unknown contacts, because nobody looks whether a contact is known before it was proved.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from regulars.kernel.clock import Clock, business_date
from regulars.kernel.errors import NotFoundError
from regulars.kernel.ids import IdFactory
from regulars.kernel.retry import Patience
from regulars.members.commands import Caller, SubmitApplication
from regulars.members.contact import mark_of
from regulars.members.errors import ChannelNeedsStaffError, ContactAlreadyMemberError
from regulars.members.events import MemberRegistered, MemberVerified
from regulars.members.form import birth_month, review
from regulars.members.limits import REGISTRATIONS_PER_ADDRESS, REGISTRATIONS_PER_CONTACT, Limiter
from regulars.members.model import STAFF_CHANNELS, Accepted, ContactMark, Registration, RegistrationState, Step
from regulars.members.ports import Record, RegistrationStore, Vault
from regulars.members.proving import Codes
from regulars.members.recording import happened, verification_requested
from regulars.members.reviewing import Reviewing
from regulars.members.signing import Signer
from regulars.program.model import ProgrammeVersion

type ProgrammeAt = Callable[[datetime], ProgrammeVersion]
"""Answers the programme's version in force at an instant."""


@dataclass(frozen=True, slots=True)
class RegistrationService:
    """What applicants, and staff on their behalf, do until the review is over."""

    store: RegistrationStore
    vault: Vault
    keys: Signer
    limiter: Limiter
    reviewing: Reviewing
    programme_at: ProgrammeAt
    clock: Clock
    new_id: IdFactory
    patience: Patience

    def submit(self, command: SubmitApplication, caller: Caller) -> Registration:
        """Takes a form and has a code sent to its contact.

        Raises:
            ValidationFailedError: fields are missing, unfit or not asked for.
            ChannelNeedsStaffError: the channel is one in which staff enter the form.
            TooManyRequestsError: the contact or the address did this too often.
        """
        now = self.clock()
        version = self.programme_at(now)
        _require_channel(command, caller.entered_by)
        clean = review(command, version.programme, business_date(now, version.programme.time_zone))
        mark = mark_of(self.keys, clean.contact)
        self._take_registration(mark, caller)
        self._take_code(mark, caller)
        member_id = self.new_id("mem")
        registration = Registration(
            registration_id=self.new_id("reg"),
            member_id=member_id,
            steps=(Step(RegistrationState.SUBMITTED, now, caller.actor),),
            channel=command.channel,
            language=command.language,
            contact=mark,
            sealed=self.vault.seal(member_id, clean.fields),
            accepted=Accepted(command.terms_version, command.privacy_version, now),
            marketing=command.marketing,
            tier_applied_for=command.tier_applied_for,
            code=self._codes.next(),
            program_version=version.number,
            entered_by=caller.entered_by,
            birth_month=birth_month(clean.fields),
            claims_by_staff=caller.entered_by is not None,
        )
        self.store.add(registration, _submitted(registration, now, caller))
        return registration

    def find(self, registration_id: str) -> Registration:
        """A registration.

        Raises:
            NotFoundError: there is none.
        """
        registration = self.store.find(registration_id)
        if registration is None:
            raise NotFoundError
        return registration

    def fields_of(self, registration: Registration) -> dict[str, str]:
        """The personal fields in clear; none once the registration has come to its end."""
        return self.vault.open(registration.member_id, registration.sealed) if registration.sealed else {}

    def contact_of(self, registration: Registration) -> str | None:
        """The contact to verify, in clear; nothing once the registration has come to its end."""
        return self.fields_of(registration).get(registration.contact.kind.value)

    def verify(self, registration_id: str, code: str) -> Registration:
        """Proves the contact and goes on to the review; the same code again gets the same answer.

        Raises:
            NotFoundError: there is no such registration.
            VerificationCodeError: the code is another one.
            VerificationCodeExpiredError: ten minutes are over.
            VerificationCodeSpentError: five tries were made.
            ContactAlreadyMemberError: the contact belongs to a member (who is told).
        """
        before = self.find(registration_id)
        self._codes.check(registration_id, before.code, code, may_be_over=before.is_decided)
        registration = self.patience.attempt(lambda: self._verified(registration_id))
        if registration.state is RegistrationState.ALREADY_MEMBER:
            raise ContactAlreadyMemberError
        return registration

    def _verified(self, registration_id: str) -> Registration:
        registration = self.find(registration_id)
        if registration.is_decided:
            return registration
        now = self.clock()
        verified = replace(registration.moved(RegistrationState.VERIFIED, now, "public"), version=registration.version + 1)
        event = happened(
            MemberVerified, registration_id, verified.version, now,
            registration_id=registration_id, contact_kind=registration.contact.kind.value,
        )  # fmt: skip
        return self.reviewing.review(verified, now, (event,))

    def send_code_again(self, registration_id: str, caller: Caller) -> Registration:
        """Has a new code sent; the one before ends at once.

        Raises:
            NotFoundError: there is no such registration.
            RegistrationStateError: the contact was verified already.
            TooManyRequestsError: the contact or the address asked too often.
        """
        registration = self.find(registration_id)
        registration.require_unverified()
        self._take_code(registration.contact, caller)
        return self.patience.attempt(lambda: self._with_new_code(registration_id, caller))

    def _with_new_code(self, registration_id: str, caller: Caller) -> Registration:
        now = self.clock()
        before = self.find(registration_id)
        before.require_unverified()
        registration = replace(before, code=self._codes.next(before.code), version=before.version + 1)
        events = (verification_requested(registration, now),)
        self.store.save(registration, Record("log", "code_requested", now, caller.actor, events=events))
        return registration

    def correct(self, registration_id: str, command: SubmitApplication, caller: Caller) -> Registration:
        """Replaces the form before it is verified or after it was rejected (REG-23); another contact is verified anew.

        Claims that staff had entered are the applicant's own from here on.

        Raises:
            NotFoundError: there is no such registration.
            RegistrationStateError: the registration can no longer be corrected.
            ValidationFailedError: as for a new form.
            TooManyRequestsError: the contact or the address did this too often.
        """
        now = self.clock()
        version = self.programme_at(now)
        before = self.find(registration_id)
        before.require_step(RegistrationState.SUBMITTED)
        _require_channel(command, before.entered_by)
        clean = review(command, version.programme, business_date(now, version.programme.time_zone))
        mark = mark_of(self.keys, clean.contact)
        self._take_registration(mark, caller)
        if mark != before.contact:
            self._take_code(mark, caller)
        content = replace(
            before,
            channel=command.channel,
            language=command.language,
            contact=mark,
            sealed=self.vault.seal(before.member_id, clean.fields),
            accepted=Accepted(command.terms_version, command.privacy_version, now),
            marketing=command.marketing,
            tier_applied_for=command.tier_applied_for,
            program_version=version.number,
            birth_month=birth_month(clean.fields),
            findings=(),
            claims_by_staff=caller.entered_by is not None,
            assessment=None,
        )
        return self.patience.attempt(lambda: self._corrected(content, now, caller))

    def _corrected(self, content: Registration, now: datetime, caller: Caller) -> Registration:
        before = self.find(content.registration_id)
        before.require_step(RegistrationState.SUBMITTED)
        is_same_contact = content.contact == before.contact
        corrected = replace(content, steps=before.steps, code=before.code, version=before.version + 1)
        if before.state is RegistrationState.REJECTED and is_same_contact:
            return self.reviewing.review(corrected.moved(RegistrationState.VERIFIED, now, caller.actor), now, ())
        if before.state is RegistrationState.REJECTED:
            corrected = corrected.moved(RegistrationState.SUBMITTED, now, caller.actor)
        if is_same_contact:
            self.store.save(corrected, Record("log", "corrected", now, caller.actor))
            return corrected
        corrected = replace(corrected, code=self._codes.next(before.code))
        self.store.save(corrected, Record("log", "corrected", now, caller.actor, events=(verification_requested(corrected, now),)))
        return corrected

    def _take_registration(self, mark: ContactMark, caller: Caller) -> None:
        if caller.entered_by is None:
            self.limiter.take(REGISTRATIONS_PER_ADDRESS, caller.address)
        self.limiter.take(REGISTRATIONS_PER_CONTACT, mark.index)

    def _take_code(self, mark: ContactMark, caller: Caller) -> None:
        self._codes.take(mark, caller.address if caller.entered_by is None else None)

    @property
    def _codes(self) -> Codes:
        return Codes(self.keys, self.limiter, self.clock)


def _require_channel(command: SubmitApplication, entered_by: str | None) -> None:
    if command.channel in STAFF_CHANNELS and entered_by is None:
        raise ChannelNeedsStaffError


def _submitted(registration: Registration, now: datetime, caller: Caller) -> Record:
    registered = happened(
        MemberRegistered, registration.registration_id, registration.version, now,
        registration_id=registration.registration_id, channel=registration.channel.value,
    )  # fmt: skip
    return Record("log", "submitted", now, caller.actor, events=(registered, verification_requested(registration, now)))
