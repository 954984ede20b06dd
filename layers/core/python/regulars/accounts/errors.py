"""Refusals of the accounts."""

from regulars.kernel.errors import FieldRefusedError
from regulars.kernel.language import Text


class CurrencyNotAcceptedError(FieldRefusedError):
    code, field = "currency_not_accepted", "currency"
    text = Text("This programme counts in {expected}.", "本会员计划仅接受 {expected}。")


class OccurredInFutureError(FieldRefusedError):
    code, field = "occurred_in_future", "occurred_at"
    text = Text("The purchase lies in the future.", "消费时间晚于当前时间。")


class PurchaseTooOldError(FieldRefusedError):
    code, field = "purchase_too_old", "occurred_at"
    text = Text(
        "The purchase is older than {days} days; only an import may record it.",
        "消费时间早于 {days} 天前，仅导入权限可补录。",
    )


class MemberNotFoundError(FieldRefusedError):
    code, field = "member_not_found", "member_id"
    text = Text("There is no such member.", "没有该会员。")


class MemberNotActiveError(FieldRefusedError):
    code, field = "member_not_active", "member_id"
    text = Text("The membership is not active.", "该会员尚未激活或已停用。")
