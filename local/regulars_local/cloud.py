"""Typed clients of the emulated cloud. They always name the emulator: a real account is out of reach by construction."""

from functools import cache
from typing import TYPE_CHECKING, Any

from regulars_local.emulator import REGION

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

FAKE_KEY = "test"


@cache
def cloud_at(endpoint_url: str) -> "Cloud":
    """The process's one cloud of an address: its connections live as long as the process, so none is dropped unclosed."""
    return Cloud(endpoint_url)


class Cloud:
    """The services of one running emulator, each client built on first use; `cloud_at` gives it."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client of any service."""
        if service not in self._clients:
            self._clients[service] = _make(service, self.endpoint_url)
        return self._clients[service]

    @property
    def cloudformation(self) -> "CloudFormationClient":
        return self.client("cloudformation")  # type: ignore[no-any-return]

    @property
    def cognito(self) -> "CognitoIdentityProviderClient":
        return self.client("cognito-idp")  # type: ignore[no-any-return]

    @property
    def dynamodb(self) -> "DynamoDBClient":
        return self.client("dynamodb")  # type: ignore[no-any-return]

    @property
    def functions(self) -> "LambdaClient":
        return self.client("lambda")  # type: ignore[no-any-return]

    @property
    def logs(self) -> Any:
        """CloudWatch Logs; its stubs are no dependency, as only the follower reads it."""
        return self.client("logs")

    @property
    def mail(self) -> "SESV2Client":
        return self.client("sesv2")  # type: ignore[no-any-return]

    @property
    def parameters(self) -> "SSMClient":
        return self.client("ssm")  # type: ignore[no-any-return]

    @property
    def queues(self) -> "SQSClient":
        return self.client("sqs")  # type: ignore[no-any-return]

    @property
    def streams(self) -> "DynamoDBStreamsClient":
        return self.client("dynamodbstreams")  # type: ignore[no-any-return]

    @property
    def secrets(self) -> "SecretsManagerClient":
        return self.client("secretsmanager")  # type: ignore[no-any-return]


def _make(service: Any, endpoint_url: str) -> Any:
    import boto3  # noqa: PLC0415  # half a second: commands that only ask the HTTP interface start without it
    from botocore.config import Config  # noqa: PLC0415  # as above

    config = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 3}, proxies={})
    session = boto3.session.Session(region_name=REGION)
    return session.client(service, endpoint_url=endpoint_url, config=config, aws_access_key_id=FAKE_KEY, aws_secret_access_key=FAKE_KEY)
