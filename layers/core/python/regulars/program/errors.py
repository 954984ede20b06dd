"""Refusals of the programme's versions."""

from regulars.kernel.errors import FieldRefusedError, RegularsError
from regulars.kernel.language import Text


class VersionStateError(RegularsError):
    code, status = "version_state", 422
    text = Text("This version is {status}; what you ask needs one that is {needed}.", "该版本状态为 {status}；此操作要求状态为 {needed}。")


class VersionTooOftenChangedError(RegularsError):
    code, status = "version_too_often_changed", 422
    text = Text(
        "This version has {steps_max} steps: begin a new one from its content.", "该版本已有 {steps_max} 次操作，请以其内容新建版本。"
    )


class SeparationOfDutiesError(RegularsError):
    code, status = "separation_of_duties", 403
    text = Text(
        "Whoever wrote or submitted a version cannot decide on it: ask another manager.",
        "编写或提交该版本的人不能审批，请由其他经理审批。",
    )


class EffectiveFromTooEarlyError(FieldRefusedError):
    code, field = "effective_from_too_early", "effective_from"
    text = Text("The earliest start is {earliest}.", "最早生效时间为 {earliest}。")


class EffectiveFromTooLateError(FieldRefusedError):
    code, field = "effective_from_too_late", "effective_from"
    text = Text("The latest start is {latest}.", "最晚生效时间为 {latest}。")


class CurrencyFixedError(FieldRefusedError):
    code, field = "currency_fixed", "programme.currency"
    text = Text(
        "The currency is {currency} since a version was published: recorded spend is in it.",
        "已有版本发布后，货币固定为 {currency}，因为已记录的消费以其计价。",
    )


class TimeZoneFixedError(FieldRefusedError):
    code, field = "time_zone_fixed", "programme.time_zone"
    text = Text(
        "The time zone is {time_zone} since a version was published: recorded business dates are in it.",
        "已有版本发布后，时区固定为 {time_zone}，因为已记录的营业日以其计算。",
    )
