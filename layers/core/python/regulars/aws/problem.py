"""Refusals on the wire: RFC 9457 `application/problem+json` in the caller's language."""

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from regulars.kernel.errors import RegularsError

if TYPE_CHECKING:
    from regulars.aws.request import Call


def problem_response(error: RegularsError, call: "Call") -> Response[str]:
    """The response for a refusal: `type, title, status, detail, instance, code, errors`."""
    problem: dict[str, object] = {
        "type": f"urn:regulars:problem:{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.text.render(call.language, **error.params),
        "instance": call.path,
        "code": error.code,
    }
    if error.errors:
        problem["errors"] = [{"field": item.field, "code": item.code, "message": item.text.render(call.language)} for item in error.errors]
    headers: dict[str, str] = {"Content-Language": call.language}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    content = json.dumps(problem, ensure_ascii=False)
    return Response(error.status, "application/problem+json", content, headers=headers)
