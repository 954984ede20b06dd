"""The keys: one for fields of personal data, one for stored data where the stage is protected, and the root secret."""

from aws_cdk import aws_kms, aws_secretsmanager
from constructs import Construct

from infra.acknowledgements import ROOT_SECRET, acknowledge
from infra.constructs.function import RegularsFunction, removal_policy_of
from infra.stage import Stage


class Keys(Construct):
    """``data`` wraps the members' data keys; ``storage`` encrypts tables, or is None where AWS's own keys do."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.data = self._key("Data", stage, "Wraps the data keys of members' personal fields")
        self.storage = self._key("Storage", stage, "Encrypts tables and secrets") if stage.protected else None
        # 64 of 62 kinds are 381 bits, and no shell or JSON reader has to escape them
        self.root_secret = aws_secretsmanager.Secret(
            self,
            "RootSecret",
            description="Root from which the functions derive their keys for codes, blind indexes and card tokens",
            encryption_key=self.storage,
            generate_secret_string=aws_secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106  # the template of a value that is made in the account
                generate_string_key="root",
                password_length=64,
                exclude_punctuation=True,
            ),
            removal_policy=removal_policy_of(stage),
        )
        acknowledge(self.root_secret, ROOT_SECRET)

    def _key(self, name: str, stage: Stage, description: str) -> aws_kms.Key:
        return aws_kms.Key(self, name, description=description, enable_key_rotation=True, removal_policy=removal_policy_of(stage))

    def grant_data_key(self, function: RegularsFunction, *actions: str) -> None:
        """Lets the function use the data key by the named actions (without the prefix ``kms:``)."""
        function.allow([f"kms:{action}" for action in actions], [self.data.key_arn])
        function.add_environment("DATA_KEY_ID", self.data.key_arn)

    def grant_root_secret(self, function: RegularsFunction) -> None:
        """Lets the function read the root secret."""
        function.allow(["secretsmanager:GetSecretValue"], [self.root_secret.secret_arn])
        function.add_environment("SECRET_NAME", self.root_secret.secret_arn)
        self.grant_storage_key(function, "Decrypt")

    def grant_storage_key(self, function: RegularsFunction, *actions: str) -> None:
        """Lets the function use the key of stored data, in the stages that have one."""
        if self.storage is not None:
            function.allow([f"kms:{action}" for action in actions], [self.storage.key_arn])
