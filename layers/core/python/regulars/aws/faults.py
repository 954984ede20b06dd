"""When a service of the cloud does not answer: one refusal, 503 with Retry-After, never an inner error (faults 5, 18, 19)."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from regulars.kernel.errors import UnavailableError

_PASSING = {"TooManyRequestsException", "LimitExceededException", "ThrottlingException", "InternalErrorException", "InternalServiceError"}


@contextmanager
def unavailable(*, codes: frozenset[str] = frozenset()) -> Iterator[None]:
    """Turns time-outs, throttling, 5xx answers and the error `codes` given into `UnavailableError`; other errors pass.

    Raises:
        UnavailableError: the service does not answer now.
    """
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _PASSING or code in codes or status >= 500:
            raise UnavailableError(retry_after_seconds=1) from error
        raise
    except BotoCoreError as error:
        raise UnavailableError(retry_after_seconds=1) from error


def error_code(error: ClientError) -> str:
    """The service's own code of an error."""
    return str(error.response["Error"]["Code"])
