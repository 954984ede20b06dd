"""What is wrong with a field, in words: pydantic's error types as stable codes with a sentence in every language."""

from collections.abc import Mapping
from typing import Any

from regulars.kernel.language import Text

_SENTENCES = {
    "missing": Text("This field is required.", "该字段必填。"),
    "extra_forbidden": Text("There is no such field here.", "此处没有该字段。"),
    "string_too_short": Text("Too short: at least {min_length} characters.", "过短：至少 {min_length} 个字符。"),
    "string_too_long": Text("Too long: at most {max_length} characters.", "过长：至多 {max_length} 个字符。"),
    "string_pattern_mismatch": Text("It does not have the expected form.", "格式不符合要求。"),
    "string_type": Text("A text is expected.", "应为文本。"),
    "int_type": Text("A whole number is expected.", "应为整数。"),
    "int_from_float": Text("A whole number is expected.", "应为整数。"),
    "int_parsing": Text("A whole number is expected.", "应为整数。"),
    "int_parsing_size": Text("The number is too large.", "数值过大。"),
    "bool_type": Text("true or false is expected.", "应为 true 或 false。"),
    "enum": Text("One of these is expected: {expected}.", "应为以下之一：{expected}。"),
    "literal_error": Text("One of these is expected: {expected}.", "应为以下之一：{expected}。"),
    "greater_than_equal": Text("At least {ge} is expected.", "不得小于 {ge}。"),
    "greater_than": Text("More than {gt} is expected.", "必须大于 {gt}。"),
    "less_than_equal": Text("At most {le} is expected.", "不得大于 {le}。"),
    "too_short": Text("At least {min_length} entries are expected.", "至少需要 {min_length} 项。"),
    "too_long": Text("At most {max_length} entries are expected.", "至多 {max_length} 项。"),
    "list_type": Text("A list is expected.", "应为列表。"),
    "model_type": Text("An object is expected.", "应为对象。"),
    "dict_type": Text("An object is expected.", "应为对象。"),
    "timezone_aware": Text("Name the offset from UTC, such as Z or +08:00.", "请注明时区，例如 Z 或 +08:00。"),
    "datetime_from_date_parsing": Text("An RFC 3339 instant is expected.", "应为 RFC 3339 格式的时间。"),
    "datetime_parsing": Text("An RFC 3339 instant is expected.", "应为 RFC 3339 格式的时间。"),
    "datetime_type": Text("An RFC 3339 instant is expected.", "应为 RFC 3339 格式的时间。"),
    "date_from_datetime_parsing": Text("A date as YYYY-MM-DD is expected.", "应为 YYYY-MM-DD 格式的日期。"),
    "date_parsing": Text("A date as YYYY-MM-DD is expected.", "应为 YYYY-MM-DD 格式的日期。"),
}
_OTHER = Text("The value is not acceptable.", "该值不符合要求。")


def sentence_of(error_type: str, context: Mapping[str, Any]) -> Text:
    """The sentence for an error type of pydantic's with its figures filled in; a rule of ours brings its own as `text`."""
    own = context.get("text")
    if isinstance(own, Text):
        return own
    template = _SENTENCES.get(error_type, _OTHER)
    figures = {name: str(value).replace("{", "").replace("}", "") for name, value in context.items()}
    return Text(template.render("en", **figures), template.render("zh-CN", **figures))
