"""The review and the opening of a member (REG-15 to REG-17, REG-22): by itself, or by staff where the programme says so."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from regulars.kernel.clock import Clock
from regulars.kernel.errors import NotFoundError
from regulars.kernel.paging import Page
from regulars.kernel.retry import LostRaceError, Patience
from regulars.members.admission import CLAIM_FIELDS, Claims, Confirmed, assess, decide, needs_staff
from regulars.members.card import card_number
from regulars.members.errors import ContactAlreadyMemberError
from regulars.members.events import ApplicationApproved, ApplicationRejected, MemberEvent, RegistrationForKnownContact
from regulars.members.form import missing_fields
from regulars.members.model import REASON_FIELD, Member, MemberStatus, Registration, RegistrationState, Sealed
from regulars.members.ports import ContactTakenError, MemberStore, Record, RegistrationStore, Vault
from regulars.members.recording import SYSTEM, happened
from regulars.program.model import Programme, ProgrammeVersion, ReviewMode

_AS_CLAIMED = Confirmed()


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Reviews verified registrations, opens members, and tells the owner of a contact that was registered again."""

    store: RegistrationStore
    members: MemberStore
    vault: Vault
    programme_at: Callable[[datetime], ProgrammeVersion]
    clock: Clock
    random_digits: Callable[[int], str]
    patience: Patience

    def review(self, verified: Registration, now: datetime, events: tuple[MemberEvent, ...]) -> Registration:
        """What follows a verification, in one transaction with it: opened, rejected, queued for staff, or known already.

        Raises:
            LostRaceError: the registration has another version by now.
        """
        owner = self.members.owner_of(verified.contact)
        if owner:
            return self._known(verified, owner, now, events)
        programme = self.programme_at(now).programme
        missing = missing_fields(verified.require_fields().fields, programme)
        if missing:
            return self._reject(verified, now, SYSTEM, missing, events)
        claims = self._claims(verified)
        assessment = assess(programme, verified.tier_applied_for, claims)
        verified = replace(verified, assessment=assessment)
        if assessment.tier is None:
            return self._not_admitted(verified, programme, now, events)
        is_flagged = not verified.claims_by_staff and needs_staff(programme, verified.tier_applied_for, claims)
        if is_flagged or programme.review_mode is ReviewMode.MANUAL:
            self.store.save(verified, Record("log", "verified", now, "public", events=events))
            return verified
        return self._open(verified, now, SYSTEM, events)

    def waiting(self, limit: int, cursor: str | None) -> Page[Registration]:
        """The applications that wait for staff, the oldest first."""
        return self.store.waiting(limit, cursor)

    def approve(self, registration_id: str, actor: str, confirmed: Confirmed = _AS_CLAIMED) -> Registration:
        """Opens the member at the tier that `confirmed` names, or that its figures, else the claims, come to; again: the same answer.

        Raises:
            NotFoundError: there is no such registration.
            RegistrationStateError: it does not wait for a review.
            ContactAlreadyMemberError: the contact became a member's in the meantime.
            AdmissionConditionError, AdmissionTierUnknownError: the tier cannot be granted.
        """
        registration = self.patience.attempt(lambda: self._approved(registration_id, actor, confirmed))
        if registration.state is RegistrationState.ALREADY_MEMBER:
            raise ContactAlreadyMemberError
        return registration

    def _approved(self, registration_id: str, actor: str, confirmed: Confirmed) -> Registration:
        registration = self._find(registration_id)
        if registration.state in {RegistrationState.OPENED, RegistrationState.COMPLETE, RegistrationState.ALREADY_MEMBER}:
            return registration
        registration.require_step(RegistrationState.REVIEWED)
        now = self.clock()
        claims = confirmed.over(self._claims(registration))
        assessment = decide(self.programme_at(now).programme, registration.tier_applied_for, claims, confirmed.tier)
        following = replace(registration, assessment=assessment, version=registration.version + 1)
        return self._open(following, now, actor, ())

    def _claims(self, registration: Registration) -> Claims:
        sealed = registration.require_fields()
        if CLAIM_FIELDS.isdisjoint(sealed.fields):
            return Claims()
        return Claims.of(self.vault.open(registration.member_id, sealed))

    def _not_admitted(
        self, registration: Registration, programme: Programme, now: datetime, events: tuple[MemberEvent, ...]
    ) -> Registration:
        """Sends the form back and tells the conditions, in the applicant's language, as staff would tell a reason."""
        reasons = registration.assessment.reasons if registration.assessment else ()
        told = " ".join(reason.sentence(programme, registration.language) for reason in reasons)
        sealed = self.vault.change(registration.member_id, registration.require_fields(), {REASON_FIELD: told})
        return self._reject(replace(registration, sealed=sealed), now, SYSTEM, (), events)

    def reject(self, registration_id: str, reason: str, actor: str) -> Registration:
        """Sends the form back with a reason that the applicant is told (REG-23).

        Raises:
            NotFoundError: there is no such registration.
            RegistrationStateError: it does not wait for a review.
        """
        return self.patience.attempt(lambda: self._rejected(registration_id, reason, actor))

    def _rejected(self, registration_id: str, reason: str, actor: str) -> Registration:
        registration = self._find(registration_id)
        registration.require_step(RegistrationState.REJECTED)
        sealed = self.vault.change(registration.member_id, registration.require_fields(), {REASON_FIELD: reason})
        following = replace(registration, sealed=sealed, version=registration.version + 1)
        return self._reject(following, self.clock(), actor, (), ())

    def reason_of(self, registration: Registration) -> str | None:
        """Why the form was rejected, in the words of staff, or of the conditions on joining."""
        if registration.state is not RegistrationState.REJECTED or registration.sealed is None:
            return None
        return self.vault.open(registration.member_id, registration.sealed).get(REASON_FIELD)

    def _find(self, registration_id: str) -> Registration:
        registration = self.store.find(registration_id)
        if registration is None:
            raise NotFoundError
        return registration

    def _reject(
        self, registration: Registration, now: datetime, actor: str, findings: tuple[str, ...], events: tuple[MemberEvent, ...]
    ) -> Registration:
        rejected = replace(registration.moved(RegistrationState.REJECTED, now, actor), findings=findings)
        told = happened(
            ApplicationRejected, rejected.registration_id, rejected.version, now,
            registration_id=rejected.registration_id,
            channel=rejected.contact.kind.message_channel.value,
            language=rejected.language,
        )  # fmt: skip
        record = Record("log", "rejected", now, actor, {"findings": ",".join(findings)}, (*events, told))
        self.store.save(rejected, record)
        return rejected

    def _open(self, registration: Registration, now: datetime, actor: str, events: tuple[MemberEvent, ...]) -> Registration:
        reviewed = registration.moved(RegistrationState.REVIEWED, now, actor)
        opened = replace(reviewed.moved(RegistrationState.OPENED, now, actor), sealed=None)
        member = self._member(registration, now)
        approved = happened(
            ApplicationApproved, opened.registration_id, opened.version, now,
            member_id=member.member_id, registration_id=opened.registration_id, channel=opened.channel.value,
        )  # fmt: skip
        facts = {"member_id": member.member_id, "tier": member.tier_at_start}
        record = Record("log", "opened", now, actor, facts, (*events, approved))
        try:
            self.store.open(opened, member, record, _first_records(member, now, actor))
        except ContactTakenError:
            owner = self.members.owner_of(registration.contact)
            if owner is None:
                raise LostRaceError from None
            return self._known(registration, owner, now, events)
        return opened

    def _member(self, registration: Registration, now: datetime) -> Member:
        return Member(
            member_id=registration.member_id,
            registration_id=registration.registration_id,
            status=MemberStatus.ACTIVE_PENDING_PASSWORD,
            channel=registration.channel,
            language=registration.language,
            card_number=card_number(self.random_digits(13)),
            tier_at_start=(registration.assessment and registration.assessment.tier) or self.programme_at(now).programme.tiers[0].code,
            opened_at=now,
            contact=registration.contact,
            sealed=_for_profile(registration.require_fields()),
            accepted=registration.accepted,
            marketing=registration.marketing,
            entered_by=registration.entered_by,
            birth_month=registration.birth_month,
        )

    def _known(self, registration: Registration, owner: str, now: datetime, events: tuple[MemberEvent, ...]) -> Registration:
        known = replace(registration.moved(RegistrationState.ALREADY_MEMBER, now, SYSTEM), sealed=None)
        told = happened(
            RegistrationForKnownContact, known.registration_id, known.version, now,
            member_id=owner, registration_id=known.registration_id,
        )  # fmt: skip
        self.store.save(known, Record("log", "already_member", now, SYSTEM, events=(*events, told)))
        return known


def _for_profile(sealed: Sealed) -> Sealed:
    """The fields that a member keeps: what served the review alone goes with it (PRV-03)."""
    return Sealed(sealed.key, {name: text for name, text in sealed.fields.items() if name not in CLAIM_FIELDS})


def _first_records(member: Member, now: datetime, actor: str) -> tuple[Record, ...]:
    consents = {
        "terms": member.accepted.terms_version,
        "privacy": member.accepted.privacy_version,
        **{f"marketing.{channel.value}": "granted" for channel in sorted(member.marketing)},
    }
    applicant = member.entered_by or "public"
    return (
        Record("log", "opened", now, actor, {"registration_id": member.registration_id}),
        Record("consent", "accepted", member.accepted.accepted_at, applicant, consents),
    )
