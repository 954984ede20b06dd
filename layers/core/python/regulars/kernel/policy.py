"""The policy table: one row says who may do one action; routes, the API document and the test matrix are made from it (S1)."""

from enum import StrEnum

from msgspec import Struct

from regulars.kernel.errors import ForbiddenError, UnauthenticatedError
from regulars.kernel.principal import PEOPLE_SCOPE, Principal, Role, Scope


class Action(StrEnum):
    """Everything a caller can ask for."""

    READ_PUBLIC = "read_public"
    READ_PROGRAM_VERSIONS = "read_program_versions"
    DRAFT_PROGRAM = "draft_program"
    APPROVE_PROGRAM = "approve_program"
    PUBLISH_PROGRAM = "publish_program"
    SIMULATE_PROGRAM = "simulate_program"
    RUN_IMPORTS = "run_imports"
    EXPORT_LEDGER = "export_ledger"
    REGISTER = "register"
    LOG_IN = "log_in"
    READ_OWN_PROFILE = "read_own_profile"
    CHANGE_OWN_PROFILE = "change_own_profile"
    READ_OWN_CARD = "read_own_card"
    READ_OWN_ACCOUNT = "read_own_account"
    USE_OWN_POINTS = "use_own_points"
    REPORT_OWN_ACTIVITY = "report_own_activity"
    READ_OWN_MESSAGES = "read_own_messages"
    GIVE_OWN_FEEDBACK = "give_own_feedback"
    REGISTER_ON_BEHALF = "register_on_behalf"
    READ_MEMBER = "read_member"
    SEARCH_MEMBERS = "search_members"
    REVIEW_APPLICATIONS = "review_applications"
    RECORD_PURCHASE = "record_purchase"
    READ_PURCHASE = "read_purchase"
    IMPORT_PURCHASES = "import_purchases"
    RECORD_REFUND = "record_refund"
    USE_POINTS = "use_points"
    READ_USE_OF_POINTS = "read_use_of_points"
    RECORD_ACTIVITY = "record_activity"
    CREDIT_PARTNER_POINTS = "credit_partner_points"
    READ_MEMBER_ACCOUNT = "read_member_account"
    ADJUST_POINTS = "adjust_points"
    OVERRIDE_TIER = "override_tier"
    READ_APPROVALS = "read_approvals"
    DECIDE_APPROVAL = "decide_approval"
    ASSIGN_SEGMENTS = "assign_segments"
    CLOSE_ACCOUNT = "close_account"
    READ_MEMBER_MESSAGES = "read_member_messages"
    RECORD_FEEDBACK = "record_feedback"
    HANDLE_FEEDBACK = "handle_feedback"
    READ_REPORTS = "read_reports"


class Rule(Struct, frozen=True):
    """Who may: everybody, members on what is their own, these roles, machines with one of these scopes."""

    public: bool = False
    member: bool = False
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Scope] = frozenset()

    @property
    def token_scopes(self) -> tuple[str, ...]:
        """The scopes of which a token needs one before the gateway lets it through."""
        people = (PEOPLE_SCOPE,) if self.member or self.roles else ()
        return (*people, *sorted(self.scopes))


def _staff(*roles: Role, scopes: tuple[Scope, ...] = ()) -> Rule:
    return Rule(roles=frozenset(roles), scopes=frozenset(scopes))


_PUBLIC = Rule(public=True)
_OWN = Rule(member=True)
_DESK = (Role.CLERK, Role.AGENT, Role.MANAGER, Role.ADMIN)
_READERS = (*_DESK, Role.PRIVACY_OFFICER)

POLICY: dict[Action, Rule] = {
    Action.READ_PUBLIC: _PUBLIC,
    Action.READ_PROGRAM_VERSIONS: _staff(Role.MARKETER, Role.ANALYST, Role.MANAGER, Role.ADMIN),
    Action.DRAFT_PROGRAM: _staff(Role.ADMIN),
    Action.APPROVE_PROGRAM: _staff(Role.MANAGER),
    Action.PUBLISH_PROGRAM: _staff(Role.ADMIN),
    Action.SIMULATE_PROGRAM: _staff(Role.MARKETER, Role.MANAGER, Role.ADMIN),
    Action.RUN_IMPORTS: _staff(Role.ADMIN, scopes=(Scope.PURCHASES_IMPORT,)),
    Action.EXPORT_LEDGER: _staff(Role.ANALYST, Role.MANAGER, Role.ADMIN),
    Action.REGISTER: _PUBLIC,
    Action.LOG_IN: _PUBLIC,
    Action.READ_OWN_PROFILE: _OWN,
    Action.CHANGE_OWN_PROFILE: _OWN,
    Action.READ_OWN_CARD: _OWN,
    Action.READ_OWN_ACCOUNT: _OWN,
    Action.USE_OWN_POINTS: _OWN,
    Action.REPORT_OWN_ACTIVITY: _OWN,
    Action.READ_OWN_MESSAGES: _OWN,
    Action.GIVE_OWN_FEEDBACK: _OWN,
    Action.REGISTER_ON_BEHALF: _staff(Role.CLERK, Role.MANAGER, Role.ADMIN),
    Action.READ_MEMBER: _staff(*_READERS, scopes=(Scope.MEMBERS_READ,)),
    Action.SEARCH_MEMBERS: _staff(*_READERS),
    Action.REVIEW_APPLICATIONS: _staff(Role.MANAGER, Role.ADMIN),
    Action.RECORD_PURCHASE: Rule(scopes=frozenset({Scope.PURCHASES_WRITE, Scope.PURCHASES_IMPORT})),
    Action.READ_PURCHASE: _staff(*_DESK, scopes=(Scope.PURCHASES_WRITE, Scope.PURCHASES_IMPORT)),
    Action.IMPORT_PURCHASES: Rule(scopes=frozenset({Scope.PURCHASES_IMPORT})),
    Action.RECORD_REFUND: Rule(scopes=frozenset({Scope.PURCHASES_WRITE, Scope.PURCHASES_IMPORT})),
    Action.USE_POINTS: _staff(Role.CLERK, Role.MANAGER, Role.ADMIN, scopes=(Scope.CHECKOUT_WRITE,)),
    Action.READ_USE_OF_POINTS: _staff(*_DESK, scopes=(Scope.CHECKOUT_WRITE,)),
    Action.RECORD_ACTIVITY: _staff(Role.CLERK, Role.MARKETER, Role.MANAGER, Role.ADMIN, scopes=(Scope.PURCHASES_WRITE,)),
    Action.CREDIT_PARTNER_POINTS: Rule(scopes=frozenset({Scope.PURCHASES_WRITE})),
    Action.READ_MEMBER_ACCOUNT: _staff(*_DESK, Role.ANALYST, scopes=(Scope.MEMBERS_READ,)),
    Action.ADJUST_POINTS: _staff(Role.AGENT, Role.MANAGER, Role.ADMIN),
    Action.OVERRIDE_TIER: _staff(Role.AGENT, Role.MANAGER, Role.ADMIN),
    Action.READ_APPROVALS: _staff(Role.AGENT, Role.MANAGER, Role.ADMIN),
    Action.DECIDE_APPROVAL: _staff(Role.MANAGER),
    Action.ASSIGN_SEGMENTS: _staff(Role.MARKETER, Role.MANAGER, Role.ADMIN),
    Action.CLOSE_ACCOUNT: _staff(Role.MANAGER),
    Action.READ_MEMBER_MESSAGES: _staff(Role.AGENT, Role.MANAGER, Role.ADMIN, Role.PRIVACY_OFFICER),
    Action.RECORD_FEEDBACK: _staff(Role.CLERK, Role.AGENT, Role.MANAGER, Role.ADMIN),
    Action.HANDLE_FEEDBACK: _staff(Role.AGENT, Role.MANAGER, Role.ADMIN),
    Action.READ_REPORTS: _staff(Role.ANALYST, Role.MANAGER, Role.ADMIN),
}


def authorize(principal: Principal, action: Action) -> None:
    """Lets the caller pass or refuses.

    Raises:
        UnauthenticatedError: nobody is logged in and the action is not public.
        ForbiddenError: the policy table has no row that allows it.
    """
    rule = POLICY[action]
    if rule.public:
        return
    if principal.is_anonymous:
        raise UnauthenticatedError
    if rule.member and principal.member_id:
        return
    if principal.member_id or not (rule.roles & principal.roles or rule.scopes & principal.scopes):
        raise ForbiddenError
