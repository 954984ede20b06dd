"""The bucket of files: private, encrypted, over TLS, and forgetful; folders are granted by name."""

from typing import Any

from tests.infra.reading import StackReader


def _bucket(stack: StackReader) -> dict[str, Any]:
    return stack.only("AWS::S3::Bucket")


def test_nobody_outside_reads_the_bucket(stack: StackReader) -> None:
    """Every way to make it public is blocked, and plain HTTP is refused."""
    assert {True} == set(_bucket(stack)["PublicAccessBlockConfiguration"].values())
    statements = stack.only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert [{"Bool": {"aws:SecureTransport": "false"}}] == [each["Condition"] for each in statements if each["Effect"] == "Deny"]


def test_files_are_encrypted_and_gone_after_a_month(stack: StackReader) -> None:
    """Members' data in an import's file is not kept for longer than somebody needs to look at the results."""
    assert "ServerSideEncryptionConfiguration" in str(_bucket(stack)["BucketEncryption"])
    assert [30] == [rule["ExpirationInDays"] for rule in _bucket(stack)["LifecycleConfiguration"]["Rules"]]


def test_folders_are_granted_by_name(stack: StackReader) -> None:
    """Workers read or write their own folder; who only asks signs addresses for it; nobody lists or deletes."""
    having = {name: {action for action in stack.actions_of(name) if action.startswith("s3:")} for name in stack.functions()}
    assert {
        "jobs": {"s3:GetObject", "s3:PutObject"}, "import_lines": {"s3:GetObject", "s3:PutObject"}, "export_ledger": {"s3:PutObject"},
    } == {name: actions for name, actions in having.items() if actions}  # fmt: skip
    for statement in stack.statements_of("export_ledger"):
        if "s3:PutObject" in statement.actions:
            assert all("exports/*" in str(resource) for resource in statement.resources)
