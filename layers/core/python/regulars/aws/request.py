"""What comes in: the caller, the language, the body and the query, checked before a route sees them (fault 26)."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from pydantic import BaseModel, ValidationError

from regulars.aws.validation import sentence_of
from regulars.kernel.errors import (
    BodyTooLargeError,
    FieldError,
    IdempotencyKeyRefusedError,
    IfMatchRequiredError,
    InvalidBodyError,
    UnsupportedMediaTypeError,
    ValidationFailedError,
)
from regulars.kernel.language import Language, Text, preferred_language
from regulars.kernel.principal import ANONYMOUS, Principal, Role

BODY_BYTES_MAX = 64 * 1024
FIELD_CHARACTERS_MAX = 200
"""How much of a field's path is repeated: the names in it may be the caller's."""

_KEY_PATTERN = re.compile(r"[\x21-\x7e]{1,128}")

_NO_UTF8 = Text("it is not UTF-8", "不是 UTF-8 编码")
_NO_UNICODE = Text("it has characters that are no Unicode text", "含有非 Unicode 文本的字符")
_NO_JSON = Text("it is not valid JSON", "不是有效的 JSON")
_NO_OBJECT = Text("it is not an object", "不是 JSON 对象")
_TOO_DEEP = Text("it is nested too deeply", "嵌套过深")
_NAMED_TWICE = Text("it names a field twice", "同一字段出现两次")
_NO_NUMBER = Text("NaN and infinities are no JSON numbers", "NaN 与无穷大不是 JSON 数值")
_TOO_LARGE_NUMBER = Text("a number is too large", "数值过大")


class Call(Struct, frozen=True):
    """One request: who, in which language, with which body (bytes), query and headers (lower-case names)."""

    principal: Principal
    language: Language
    request_id: str
    path: str
    source_address: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    raw_body: str | None
    is_base64: bool = False

    @property
    def idempotency_key(self) -> str | None:
        """The caller's `Idempotency-Key`, if one was sent.

        Raises:
            IdempotencyKeyRefusedError: it has unfit characters or length.
        """
        key = self.headers.get("idempotency-key")
        if key is not None and not _KEY_PATTERN.fullmatch(key):
            raise IdempotencyKeyRefusedError
        return key

    def require_idempotency_key(self) -> str:
        """The caller's `Idempotency-Key`.

        Raises:
            IdempotencyKeyRefusedError: none was sent, or an unfit one.
        """
        key = self.idempotency_key
        if key is None:
            raise IdempotencyKeyRefusedError
        return key

    def require_if_match(self) -> str:
        """The caller's `If-Match`: the ETag of what it read before it asks for a change.

        Raises:
            IfMatchRequiredError: none was sent.
        """
        etag = self.headers.get("if-match", "").strip()
        if not etag:
            raise IfMatchRequiredError
        return etag

    def has_seen(self, etag: str) -> bool:
        """Whether `If-None-Match` names the ETag (weak comparison, RFC 9110 13.1.2)."""
        seen = {tag.strip().removeprefix("W/") for tag in self.headers.get("if-none-match", "").split(",")}
        return etag.removeprefix("W/") in seen or "*" in seen


def read_call(event: Mapping[str, Any]) -> Call:
    """The call of an API Gateway HTTP API event (payload 2.0)."""
    context = event.get("requestContext") or {}
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    if event.get("cookies"):  # payload 2.0 takes them out of the headers
        headers["cookie"] = "; ".join(event["cookies"])
    claims = ((context.get("authorizer") or {}).get("jwt") or {}).get("claims") or {}
    return Call(
        principal=read_principal(claims),
        language=preferred_language(headers.get("accept-language")),
        request_id=str(context.get("requestId", "")),
        path=str(event.get("rawPath", "")),
        source_address=str((context.get("http") or {}).get("sourceIp", "")),
        headers=headers,
        query=event.get("queryStringParameters") or {},
        raw_body=event.get("body"),
        is_base64=bool(event.get("isBase64Encoded")),
    )


def read_principal(claims: Mapping[str, Any]) -> Principal:
    """The caller that the authorizer's claims name; an ID token names nobody (S2: `token_use` must be `access`)."""
    if claims.get("token_use") != "access":
        return ANONYMOUS
    scopes = frozenset(str(claims.get("scope", "")).split())
    name = claims.get("username")
    if not name:
        return Principal(subject=str(claims.get("client_id", "")), scopes=scopes)
    groups = str(claims.get("cognito:groups", "")).strip("[]").replace(",", " ").split()
    roles = frozenset(Role(group) for group in groups if group in Role)
    return Principal(str(name), str(name) if str(name).startswith("mem_") else None, roles, scopes)


def parse_query[M: BaseModel](model: type[M], call: Call) -> M:
    """The query parameters as `model`.

    Raises:
        ValidationFailedError: one is unknown or unfit.
    """
    try:
        return model.model_validate_strings(dict(call.query))
    except ValidationError as error:
        raise ValidationFailedError(errors=field_errors(error)) from None


def parse_body[M: BaseModel](model: type[M], call: Call) -> M:
    """The JSON body as `model`.

    Raises:
        UnsupportedMediaTypeError: it is said to be something else than JSON.
        BodyTooLargeError: over 64 KB.
        InvalidBodyError: it is no JSON, or JSON with NaN, infinities, lone surrogates, a name twice or more than 200 levels.
        ValidationFailedError: a field is missing, unknown or unfit.
    """
    content = _json_text(call)
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        if error.errors(include_url=False, include_context=False, include_input=False)[0]["type"] == "json_invalid":
            raise InvalidBodyError(reason=_TOO_DEEP) from None
        raise ValidationFailedError(errors=field_errors(error)) from None


def field_errors(error: ValidationError) -> tuple[FieldError, ...]:
    """Pydantic's findings with a stable code and a sentence each; what was sent is never repeated (S9)."""
    found = error.errors(include_url=False, include_input=False)[:20]
    return tuple(FieldError(_path(item["loc"]), item["type"], sentence_of(item["type"], item.get("ctx") or {})) for item in found)


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path[:FIELD_CHARACTERS_MAX] or "body"


def _json_text(call: Call) -> bytes:
    media_type = call.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaTypeError
    text = call.raw_body or ""
    try:
        content = base64.b64decode(text, validate=True) if call.is_base64 else text.encode()
    except ValueError:  # no base64, or lone surrogates
        raise InvalidBodyError(reason=_NO_UTF8) from None
    if len(content) > BODY_BYTES_MAX:
        raise BodyTooLargeError(limit=BODY_BYTES_MAX)
    _refuse_bad_json(content)
    return content


def _refuse_bad_json(content: bytes) -> None:
    try:
        parsed = json.loads(content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_no_overflow)
        json.dumps(parsed, ensure_ascii=False).encode("utf-8")
    except _UnfitJsonError as error:
        raise InvalidBodyError(reason=error.reason) from None
    except UnicodeError:
        raise InvalidBodyError(reason=_NO_UNICODE) from None
    except json.JSONDecodeError:
        raise InvalidBodyError(reason=_NO_JSON) from None
    except ValueError:  # Python reads no integer of more than 4,300 digits
        raise InvalidBodyError(reason=_TOO_LARGE_NUMBER) from None
    except RecursionError:
        raise InvalidBodyError(reason=_TOO_DEEP) from None
    if not isinstance(parsed, dict):
        raise InvalidBodyError(reason=_NO_OBJECT)


class _UnfitJsonError(Exception):
    """JSON that parses but that no two readers understand alike."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise _UnfitJsonError(_NAMED_TWICE)
    return result


def _no_constant(_name: str) -> float:
    raise _UnfitJsonError(_NO_NUMBER)


def _no_overflow(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise _UnfitJsonError(_TOO_LARGE_NUMBER)
    return value
