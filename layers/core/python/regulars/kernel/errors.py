"""Refusals: one class each, with a stable code, the HTTP status it maps to and its sentence in every language."""

from typing import ClassVar

from msgspec import Struct

from regulars.kernel.language import Text


class FieldError(Struct, frozen=True):
    """What is wrong with one field: its path (`lines[0].amount`), a stable code and the figures of its sentence."""

    field: str
    code: str
    text: Text


class RegularsError(Exception):
    """The base of every refusal.

    `params` fill the sentence and hold no personal data; `errors` name the fields; `retry_after_seconds` goes with a retryable refusal.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    text: ClassVar[Text]

    def __init__(self, *, errors: tuple[FieldError, ...] = (), retry_after_seconds: int | None = None, **params: object) -> None:
        super().__init__(self.code)
        self.errors = errors
        self.retry_after_seconds = retry_after_seconds
        self.params = params


class FieldRefusedError(RegularsError):
    """A rule about one named field was broken; subclasses give the code and the sentence."""

    status = 422
    field: ClassVar[str]

    def __init__(self, *, field: str | None = None, **params: object) -> None:
        rendered = Text(*(sentence.format(**params) for sentence in (self.text.en, self.text.zh_cn)))
        super().__init__(errors=(FieldError(field or self.field, self.code, rendered),))
        self.params = params


class InvalidBodyError(RegularsError):
    code, status = "invalid_body", 400
    text = Text("The body is not a JSON object this API can read: {reason}.", "请求体不是本接口可读取的 JSON 对象：{reason}。")


class ValidationFailedError(RegularsError):
    code, status = "validation_failed", 422
    text = Text("One or more fields are not acceptable; see errors.", "一个或多个字段不符合要求，详见 errors。")


class UnauthenticatedError(RegularsError):
    code, status = "unauthenticated", 401
    text = Text("A valid access token is needed.", "需要有效的访问令牌。")


class ForbiddenError(RegularsError):
    code, status = "forbidden", 403
    text = Text("Your role or scope does not allow this.", "您的角色或授权范围不允许此操作。")


class NotFoundError(RegularsError):
    code, status = "not_found", 404
    text = Text("There is no such object.", "对象不存在。")


class PreconditionFailedError(RegularsError):
    code, status = "precondition_failed", 412
    text = Text("The object has changed since it was read: read it again and repeat.", "对象在读取之后已被修改，请重新读取后再试。")


class BodyTooLargeError(RegularsError):
    code, status = "body_too_large", 413
    text = Text("The body is larger than {limit} bytes.", "请求体超过 {limit} 字节。")


class UnsupportedMediaTypeError(RegularsError):
    code, status = "unsupported_media_type", 415
    text = Text("Send application/json.", "请使用 application/json。")


class IdempotencyMismatchError(RegularsError):
    code, status = "idempotency_mismatch", 422
    text = Text(
        "This reference or idempotency key was already used with other content.",
        "该业务单号或幂等键已用于不同的内容。",
    )


class ConflictError(RegularsError):
    code, status = "conflict", 409
    text = Text("Others are changing the same object: try again.", "其他请求正在修改同一对象，请重试。")


class TooManyRequestsError(RegularsError):
    code, status = "too_many_requests", 429
    text = Text("Too many requests: wait {seconds} seconds.", "请求过于频繁，请等待 {seconds} 秒。")


class UnavailableError(RegularsError):
    code, status = "unavailable", 503
    text = Text("A service this needs does not answer now: try again.", "依赖的服务暂时不可用，请稍后重试。")


class InternalError(RegularsError):
    code, status = "internal_error", 500
    text = Text("Something went wrong on our side; it was recorded.", "服务器内部错误，已记录。")


class InvalidCursorError(FieldRefusedError):
    code, field = "invalid_cursor", "cursor"
    text = Text("The cursor is not one this list gave.", "cursor 不是本列表返回的值。")


class IdempotencyKeyRefusedError(FieldRefusedError):
    code, field = "idempotency_key_invalid", "Idempotency-Key"
    text = Text(
        "Send an Idempotency-Key header of 1 to 128 visible ASCII characters.",
        "请在请求头 Idempotency-Key 中提供 1 至 128 个可见 ASCII 字符。",
    )


class IfMatchRequiredError(FieldRefusedError):
    code, field = "if_match_required", "If-Match"
    text = Text("Send the ETag you read in an If-Match header.", "请在请求头 If-Match 中提供读取时得到的 ETag。")
