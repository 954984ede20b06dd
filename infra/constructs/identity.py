"""Who calls: one Cognito user pool for people, groups for staff, and a client with scopes for each outside system."""

from aws_cdk import Aws, Duration, aws_cognito
from constructs import Construct

from infra.acknowledgements import USER_POOL, acknowledge
from infra.constructs.function import RegularsFunction, removal_policy_of
from infra.stage import MachineClient, Stage

STAFF_GROUPS = ("clerk", "agent", "marketer", "analyst", "privacy_officer", "manager", "admin")
RESOURCE_SERVER = "regulars"
SCOPES = {
    "purchases:write": "Send purchases",
    "purchases:import": "Send purchases older than the late window",
    "checkout:write": "Quote, hold and redeem at the till",
    "members:read": "Find members",
}


class Identity(Construct):
    """The user pool, its clients and groups. People are created by our registration only: nobody signs up here."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.pool = self._pool(stage)
        for group in STAFF_GROUPS:
            aws_cognito.UserPoolGroup(self, f"Group{_pascal(group)}", user_pool=self.pool, group_name=group)
        self.people_client = self._people_client()
        self._scopes = {
            name: aws_cognito.ResourceServerScope(scope_name=name, scope_description=description) for name, description in SCOPES.items()
        }
        self._server = self.pool.add_resource_server("Scopes", identifier=RESOURCE_SERVER, scopes=list(self._scopes.values()))
        self.machine_clients = {client.name: self._machine_client(client) for client in stage.machine_clients}
        self.pool.add_domain(
            "Domain",
            cognito_domain=aws_cognito.CognitoDomainOptions(domain_prefix=f"regulars-{stage.name}-{Aws.ACCOUNT_ID}"),
        )

    @property
    def issuer(self) -> str:
        """The issuer of the pool's tokens, from region and pool id."""
        return f"https://cognito-idp.{Aws.REGION}.{Aws.URL_SUFFIX}/{self.pool.user_pool_id}"

    @property
    def audiences(self) -> list[str]:
        """Every client whose tokens the interface takes."""
        clients = [self.people_client, *self.machine_clients.values()]
        return [client.user_pool_client_id for client in clients]

    def grant(self, function: RegularsFunction) -> None:
        """Gives the function the administrative actions its entry in the catalogue names, on this pool."""
        if function.spec.identity_actions:
            function.allow([f"cognito-idp:{action}" for action in function.spec.identity_actions], [self.pool.user_pool_arn])
            function.add_environment("USER_POOL_ID", self.pool.user_pool_id)
            function.add_environment("USER_POOL_CLIENT_ID", self.people_client.user_pool_client_id)

    def _pool(self, stage: Stage) -> aws_cognito.UserPool:
        pool = aws_cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=aws_cognito.SignInAliases(username=True),
            sign_in_case_sensitive=True,
            account_recovery=aws_cognito.AccountRecovery.NONE,
            password_policy=aws_cognito.PasswordPolicy(
                min_length=8,
                require_lowercase=False,
                require_uppercase=False,
                require_digits=False,
                require_symbols=False,
                temp_password_validity=Duration.days(3),
            ),
            deletion_protection=stage.protected,
            removal_policy=removal_policy_of(stage),
        )
        acknowledge(pool, USER_POOL)
        return pool

    def _people_client(self) -> aws_cognito.UserPoolClient:
        return self.pool.add_client(
            "People",
            auth_flows=aws_cognito.AuthFlow(admin_user_password=True),
            disable_o_auth=True,
            generate_secret=False,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=Duration.minutes(30),
            id_token_validity=Duration.minutes(30),
            refresh_token_validity=Duration.days(30),
        )

    def _machine_client(self, client: MachineClient) -> aws_cognito.UserPoolClient:
        scopes = [aws_cognito.OAuthScope.resource_server(self._server, self._scopes[name]) for name in client.scopes]
        return self.pool.add_client(
            _pascal(client.name),
            generate_secret=True,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            auth_flows=aws_cognito.AuthFlow(),
            access_token_validity=Duration.hours(1),
            o_auth=aws_cognito.OAuthSettings(flows=aws_cognito.OAuthFlows(client_credentials=True), scopes=scopes),
        )


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
