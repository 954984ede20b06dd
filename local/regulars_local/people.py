"""Who may use a fresh stack: staff of every role, the machine clients of the deployed app, and their random passwords."""

import secrets
import string

from regulars.kernel.principal import Role
from regulars_local.cloud import Cloud
from regulars_local.stack_file import MachineClient, StaffLogin

_CLIENT_OUTPUTS = {"till": "TillClientId", "importer": "ImporterClientId", "shop": "ShopClientId"}
_PASSWORD_CHARACTERS = string.ascii_letters + string.digits


def random_password() -> str:
    """20 random characters (119 bits), at least one of each kind that a password policy may ask for."""
    kinds = [string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!"]
    characters = [secrets.choice(kind) for kind in kinds] + [secrets.choice(_PASSWORD_CHARACTERS) for _ in range(16)]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


def staff_logins(cloud: Cloud, user_pool_id: str, kept: dict[str, StaffLogin]) -> dict[str, StaffLogin]:
    """One member of staff for every role, made where the pool has none; `kept` log-ins stay as they are."""
    return {role.value: _staff_login(cloud, user_pool_id, role, kept.get(role.value)) for role in Role}


def _staff_login(cloud: Cloud, user_pool_id: str, role: Role, kept: StaffLogin | None) -> StaffLogin:
    login = kept or StaffLogin(username=role.value, password=random_password())
    pool = cloud.cognito
    try:
        pool.admin_get_user(UserPoolId=user_pool_id, Username=login.username)
    except pool.exceptions.UserNotFoundException:
        pool.admin_create_user(UserPoolId=user_pool_id, Username=login.username, MessageAction="SUPPRESS")
    pool.admin_set_user_password(UserPoolId=user_pool_id, Username=login.username, Password=login.password, Permanent=True)
    pool.admin_add_user_to_group(UserPoolId=user_pool_id, Username=login.username, GroupName=role.value)
    return login


def machine_clients(cloud: Cloud, user_pool_id: str, outputs: dict[str, str]) -> dict[str, MachineClient]:
    """The clients of the outside systems with the secrets that the user pool gave them."""
    return {name: _machine_client(cloud, user_pool_id, outputs[output]) for name, output in _CLIENT_OUTPUTS.items()}


def _machine_client(cloud: Cloud, user_pool_id: str, client_id: str) -> MachineClient:
    described = cloud.cognito.describe_user_pool_client(UserPoolId=user_pool_id, ClientId=client_id)["UserPoolClient"]
    return MachineClient(client_id=client_id, client_secret=described["ClientSecret"], scopes=described.get("AllowedOAuthScopes", []))
