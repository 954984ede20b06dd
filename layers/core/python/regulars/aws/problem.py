"""Refusals on the wire: RFC 9457 `application/problem+json` in the caller's language."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from regulars.kernel.errors import RegularsError
from regulars.kernel.language import Language, Text

if TYPE_CHECKING:
    from regulars.aws.request import Call


def problem_of(error: RegularsError, language: Language) -> dict[str, Any]:
    """A refusal as `type, title, status, detail, code` and, where fields are concerned, `errors`."""
    problem: dict[str, Any] = {
        "type": f"urn:regulars:problem:{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.text.render(language, **_figures(error.params, language)),
        "code": error.code,
    }
    if error.errors:
        problem["errors"] = [{"field": item.field, "code": item.code, "message": item.text.render(language)} for item in error.errors]
    return problem


def problem_response(error: RegularsError, call: "Call") -> Response[str]:
    """The response for a refusal, with the path it was asked for as `instance`."""
    problem = {**problem_of(error, call.language), "instance": call.path}
    headers: dict[str, str] = {"Content-Language": call.language}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    content = json.dumps(problem, ensure_ascii=False)
    return Response(error.status, "application/problem+json", content, headers=headers)


def _figures(params: Mapping[str, object], language: Language) -> dict[str, object]:
    """The figures of a sentence; one that is a text itself comes in the same language."""
    return {name: value.render(language) if isinstance(value, Text) else value for name, value in params.items()}
