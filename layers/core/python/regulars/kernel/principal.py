"""The caller: a member, a member of staff, a machine of a shop, or nobody."""

from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """What staff may be (api.md)."""

    CLERK = "clerk"
    AGENT = "agent"
    MARKETER = "marketer"
    ANALYST = "analyst"
    PRIVACY_OFFICER = "privacy_officer"
    MANAGER = "manager"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a machine client may be granted."""

    PURCHASES_WRITE = "regulars/purchases:write"
    PURCHASES_IMPORT = "regulars/purchases:import"
    CHECKOUT_WRITE = "regulars/checkout:write"
    MEMBERS_READ = "regulars/members:read"


PEOPLE_SCOPE = "aws.cognito.signin.user.admin"
"""The one scope of a token that a person got by password (Cognito)."""


class Principal(Struct, frozen=True):
    """Who calls: `subject` is a member id, a staff user name, a machine client id, or empty for nobody."""

    subject: str = ""
    member_id: str | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[str] = frozenset()

    @property
    def is_anonymous(self) -> bool:
        return not self.subject

    @property
    def actor(self) -> str:
        """How records name the caller: `member:…`, `staff:…`, `machine:…` or `public`."""
        if self.is_anonymous:
            return "public"
        if self.member_id:
            return f"member:{self.member_id}"
        return f"{'machine' if PEOPLE_SCOPE not in self.scopes else 'staff'}:{self.subject}"


ANONYMOUS = Principal()
