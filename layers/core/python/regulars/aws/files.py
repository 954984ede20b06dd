"""The installation's own bucket: whole files out, ranges in, and addresses that are signed for a short time."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from regulars.kernel.errors import UnavailableError

_MISSING = {"404", "NoSuchKey", "NotFound", "403", "AccessDenied"}
"""S3 answers 403 for what is not there to callers who may not list."""


class S3Files:
    """Files on S3."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def size(self, key: str) -> int | None:
        """How many bytes a file has; `None` when there is none."""
        try:
            return int(self._call("head_object", Key=key)["ContentLength"])
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise

    def read(self, key: str, start: int, length: int) -> bytes:
        """A range of a file; fewer bytes at its end."""
        content: bytes = self._call("get_object", Key=key, Range=f"bytes={start}-{start + length - 1}")["Body"].read()
        return content

    def write(self, key: str, content: bytes) -> None:
        """A whole file."""
        self._call("put_object", Key=key, Body=content, ContentType="application/x-ndjson")

    def upload_url(self, key: str, seconds: int) -> str:
        """An address to which one file can be PUT for a time."""
        return self._signed("put_object", key, seconds)

    def download_url(self, key: str, seconds: int) -> str:
        """An address from which a file can be read for a time."""
        return self._signed("get_object", key, seconds)

    def _signed(self, operation: str, key: str, seconds: int) -> str:
        return str(self._client.generate_presigned_url(operation, Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds))

    def _call(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client, operation)(Bucket=self._bucket, **request)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
                raise UnavailableError(retry_after_seconds=1) from error
            raise
        except BotoCoreError as error:
            raise UnavailableError(retry_after_seconds=1) from error
