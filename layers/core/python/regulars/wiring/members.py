"""The members' objects."""

import secrets
from functools import cached_property
from typing import TYPE_CHECKING

from regulars.wiring.base import BaseWiring

if TYPE_CHECKING:
    from regulars.members.activation import Activation
    from regulars.members.cognito import CognitoIdentity
    from regulars.members.contact_book import ContactBook
    from regulars.members.directory import MemberDirectory
    from regulars.members.dynamodb import DynamoMemberStore, DynamoRegistrationStore
    from regulars.members.encryption import KmsVault
    from regulars.members.importing import MemberImports
    from regulars.members.limits import Limiter
    from regulars.members.profile import ProfileService
    from regulars.members.resets import PasswordResets
    from regulars.members.reviewing import Reviewing
    from regulars.members.service import RegistrationService
    from regulars.members.sessions import SessionService


def random_digits(count: int) -> str:
    """Digits from the system's own source of randomness."""
    return f"{secrets.randbelow(10**count):0{count}d}"


class MembersWiring(BaseWiring):
    """Registration, log-in, profiles, and the directory that other contexts ask."""

    @cached_property
    def member_directory(self) -> "MemberDirectory":
        """Which members there are, by id and by card; no personal data."""
        from regulars.members.directory import MemberDirectory

        return MemberDirectory(self.member_store, lambda: self.keys)

    @cached_property
    def member_store(self) -> "DynamoMemberStore":
        """Members, their contacts' guards and their cards."""
        from regulars.members.dynamodb import DynamoMemberStore

        return DynamoMemberStore(self.table("members"))

    @cached_property
    def registration_store(self) -> "DynamoRegistrationStore":
        """Registrations."""
        from regulars.members.dynamodb import DynamoRegistrationStore

        return DynamoRegistrationStore(self.table("members"))

    @cached_property
    def vault(self) -> "KmsVault":
        """Encrypts and decrypts personal fields."""
        from regulars.members.encryption import KmsVault

        return KmsVault(self.client("kms"), self.settings["DATA_KEY_ID"], self.clock)

    @cached_property
    def identity(self) -> "CognitoIdentity":
        """Users, passwords and tokens."""
        from regulars.members.cognito import CognitoIdentity

        return CognitoIdentity(self.client("cognito-idp"), self.settings["USER_POOL_ID"], self.settings["USER_POOL_CLIENT_ID"])

    @cached_property
    def limiter(self) -> "Limiter":
        """Limits per contact, per address and in all."""
        from regulars.members.dynamodb import DynamoCounters
        from regulars.members.limits import Limiter

        return Limiter(DynamoCounters(self.table("members")), self.keys, self.clock, self.settings.limit)

    @cached_property
    def reviewing(self) -> "Reviewing":
        """Reviews of applications, and the opening of members."""
        from regulars.members.reviewing import Reviewing

        return Reviewing(
            self.registration_store, self.member_store, self.vault, self.programme_at, self.clock, random_digits, self.patience
        )

    @cached_property
    def registrations(self) -> "RegistrationService":
        """Joining, until the review is over."""
        from regulars.members.service import RegistrationService

        return RegistrationService(
            self.registration_store, self.vault, self.keys, self.limiter, self.reviewing, self.programme_at, self.clock, self.new_id,
            self.patience,
        )  # fmt: skip

    @cached_property
    def member_imports(self) -> "MemberImports":
        """Members who come from another system."""
        from regulars.members.importing import MemberImports

        return MemberImports(self.registration_store, self.vault, self.keys, self.programme_at, self.clock, random_digits, self.patience)

    @cached_property
    def activation(self) -> "Activation":
        """The password that completes joining."""
        from regulars.members.activation import Activation

        return Activation(self.registration_store, self.member_store, self.identity, self.keys, self.limiter, self.clock, self.patience)

    @cached_property
    def sessions(self) -> "SessionService":
        """Log-in, refresh, log-out."""
        from regulars.members.sessions import SessionService

        return SessionService(self.member_store, self.identity, self.keys, self.limiter, self.programme_at, self.clock)

    @cached_property
    def password_resets(self) -> "PasswordResets":
        """Forgotten passwords."""
        from regulars.members.dynamodb import DynamoResetStore
        from regulars.members.resets import PasswordResets

        store = DynamoResetStore(self.table("members"))
        return PasswordResets(store, self.member_store, self.identity, self.keys, self.limiter, self.clock, self.new_id, self.patience)

    @cached_property
    def profiles(self) -> "ProfileService":
        """Profiles, consents, cards, and finding members."""
        from regulars.members.profile import ProfileService

        return ProfileService(self.member_store, self.vault, self.keys, self.programme_at, self.clock, self.patience)

    @cached_property
    def contact_book(self) -> "ContactBook":
        """Whom messages go to, in clear."""
        from regulars.members.contact_book import ContactBook

        return ContactBook(self.member_store, self.registration_store, self.vault)
