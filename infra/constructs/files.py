"""The installation's own bucket: files to import, results, exports; everything in it is gone after a month."""

from typing import cast

from aws_cdk import CfnElement, Duration, Stack, aws_s3
from constructs import Construct

from infra.acknowledgements import FILES, FOLDER, acknowledge
from infra.constructs.function import RegularsFunction, removal_policy_of
from infra.stage import Stage

KEPT_FOR = Duration.days(30)


class Files(Construct):
    """Encrypted, private, over TLS only; named folders are granted to named functions."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.bucket = aws_s3.Bucket(
            self,
            "Bucket",
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=[aws_s3.LifecycleRule(expiration=KEPT_FOR, abort_incomplete_multipart_upload_after=Duration.days(1))],
            removal_policy=removal_policy_of(stage),
        )
        acknowledge(self.bucket, FILES)

    @property
    def _name(self) -> str:
        return Stack.of(self).get_logical_id(cast("CfnElement", self.bucket.node.default_child))

    def grant(self, function: RegularsFunction) -> None:
        """Gives the function the folders that its entry in the catalogue names."""
        for action, folders in function.spec.files.items():
            function.allow([f"s3:{action}"], [f"{self.bucket.bucket_arn}/{folder}/*" for folder in folders])
            acknowledge(function.role, {f"AwsSolutions-IAM5[Resource::<{self._name}.Arn>/{folder}/*]": FOLDER for folder in folders})
        if function.spec.files:
            function.add_environment("FILES_BUCKET", self.bucket.bucket_name)
