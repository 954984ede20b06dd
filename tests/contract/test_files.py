"""The bucket: the same promises in memory and on S3 (moto)."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from regulars.accounts.jobs.imports import Files
from regulars.aws.files import S3Files
from regulars.kernel.errors import UnavailableError
from tests.support.files import MemoryFiles


@pytest.fixture(params=["memory", "s3"])
def files(request: pytest.FixtureRequest, aws_credentials: None) -> Iterator[Files]:
    """Each bucket in turn."""
    if request.param == "memory":
        yield MemoryFiles()
        return
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield S3Files(client, "files")


def test_what_was_written_is_read_in_ranges(files: Files) -> None:
    """From any byte on, and fewer at the end."""
    files.write("uploads/a", b"0123456789")
    assert (10, b"345", b"89") == (files.size("uploads/a"), files.read("uploads/a", 3, 3), files.read("uploads/a", 8, 5))


def test_a_file_that_is_not_there_has_no_size(files: Files) -> None:
    """Nothing is no error."""
    assert files.size("uploads/none") is None


def test_addresses_name_the_file_and_their_time(files: Files) -> None:
    """Both kinds."""
    for url in (files.upload_url("uploads/a", 60), files.download_url("results/b", 60)):
        assert "60" in url
    assert "uploads/a" in files.upload_url("uploads/a", 60)


class Broken:
    """A client that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def head_object(self, **_request: str) -> None:
        raise self.error


def _refusal(status: int) -> ClientError:
    told: Any = {"Error": {"Code": str(status), "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "HeadObject")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_refusal(500), UnavailableError),
        (EndpointConnectionError(endpoint_url="http://s3"), UnavailableError),
        (_refusal(400), ClientError),
    ],
    ids=["server", "connection", "ours"],
)
def test_what_passes_is_told_from_what_does_not(error: Exception, expected: type[Exception]) -> None:
    """A server's failure and a lost connection can be tried again; a mistake of ours cannot."""
    with pytest.raises(expected):
        S3Files(Broken(error), "files").size("a")
