"""Refusals of the accounts."""

from regulars.kernel.errors import FieldRefusedError
from regulars.kernel.language import Text


class CurrencyNotAcceptedError(FieldRefusedError):
    code, field = "currency_not_accepted", "currency"
    text = Text("This programme counts in {expected}.", "本会员计划仅接受 {expected}。")


class OccurredInFutureError(FieldRefusedError):
    code, field = "occurred_in_future", "occurred_at"
    text = Text("This lies in the future.", "发生时间晚于当前时间。")


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


class AccountClosedError(FieldRefusedError):
    code, field = "account_closed", "member_id"
    text = Text("The account is closed: nothing can be recorded any more.", "该账户已关闭，不再接受任何记录。")


class AccountClosingError(FieldRefusedError):
    code, field = "account_closing", "member_id"
    text = Text(
        "The account ends on {closes_on}: until then its points can be used, but nothing more is added.",
        "该账户将于 {closes_on} 关闭：在此之前可以使用积分，但不再增加积分。",
    )


class AccountNotClosingError(FieldRefusedError):
    code, field = "account_not_closing", "member_id"
    text = Text("No end of this account is coming.", "该账户没有待关闭的申请。")


class ClosureDayError(FieldRefusedError):
    code, field = "closure_day", "closes_on"
    text = Text("An account ends today at the earliest and in {days} days at the latest.", "账户关闭日期须为今天至 {days} 天之内。")


class InsufficientPointsError(FieldRefusedError):
    code, field = "insufficient_points", "points"
    text = Text("{available} points can be used, {asked} were asked for.", "可用积分为 {available}，申请使用 {asked}。")


class PointsStepError(FieldRefusedError):
    code, field = "points_step", "points"
    text = Text("Points are used from {least} on, in steps of {step}.", "积分最低使用 {least}，且须为 {step} 的整数倍。")


class OrderShareExceededError(FieldRefusedError):
    code, field = "order_share_exceeded", "points"
    text = Text(
        "Points pay at most {percent} % of an order: {most} points here.",
        "积分最多抵扣订单金额的 {percent}%，本单最多可用 {most} 积分。",
    )


class TooManyHoldsError(FieldRefusedError):
    code, field = "too_many_holds", "member_id"
    text = Text("{most} holds are open; commit or cancel one first.", "已有 {most} 笔预占，请先完成或取消其中之一。")


class HoldEndedError(FieldRefusedError):
    code, field = "hold_ended", "hold_id"
    text = Text("The hold has ended: it was committed, cancelled, or its time is over.", "该预占已结束：已完成、已取消或已过期。")


class HoldExceededError(FieldRefusedError):
    code, field = "hold_exceeded", "points"
    text = Text("The hold has {held} points.", "该预占共 {held} 积分。")


class CancellationTooLateError(FieldRefusedError):
    code, field = "cancellation_too_late", "redemption_id"
    text = Text("A redemption can be cancelled within {days} days.", "兑换仅可在 {days} 天内取消。")


class RefundExceedsPurchaseError(FieldRefusedError):
    code, field = "refund_exceeds_purchase", "amount"
    text = Text("{left} minor units are left to refund.", "剩余可退金额为 {left}（最小货币单位）。")


class RefundLineUnknownError(FieldRefusedError):
    code, field = "refund_line_unknown", "lines"
    text = Text("The purchase has lines 1 to {count}; line {line} is none of them.", "该消费共有第 1 至 {count} 行，没有第 {line} 行。")


class ReasonUnknownError(FieldRefusedError):
    code, field = "reason_unknown", "reason_code"
    text = Text("The reasons are: {reasons}.", "可用的原因代码：{reasons}。")


class ApprovalRequiredError(FieldRefusedError):
    code, field = "approval_required", "points"
    text = Text("Above {limit} points a second person decides.", "超过 {limit} 积分须由第二人审批。")


class TransfersOffError(FieldRefusedError):
    code, field = "transfers_off", "points"
    text = Text("This programme has no gifts of points.", "本会员计划未开放积分转赠。")


class TransferLimitError(FieldRefusedError):
    code, field = "transfer_limit", "points"
    text = Text(
        "A gift has {least} to {most} points; {left_points} points and {left_count} gifts are left this month.",
        "每次转赠 {least} 至 {most} 积分；本月还可转赠 {left_points} 积分、{left_count} 次。",
    )


class ActivityUnknownError(FieldRefusedError):
    code, field = "activity_unknown", "activity"
    text = Text("The programme has no activity of this code.", "本会员计划没有该代码的活动任务。")


class ActivityNotSelfServiceError(FieldRefusedError):
    code, field = "activity_not_self_service", "activity"
    text = Text("This activity is recorded for you when it happens.", "该活动任务由系统或门店记录，不能自行申报。")


class ActivityLimitError(FieldRefusedError):
    code, field = "activity_limit", "activity"
    text = Text("This was credited {times} times already, the most by {period}.", "该任务已奖励 {times} 次，达到周期上限（{period}）。")


class PartnerUnknownError(FieldRefusedError):
    code, field = "partner_unknown", "partner"
    text = Text("The programme has no partner of this code.", "本会员计划没有该代码的合作伙伴。")


class PartnerLimitError(FieldRefusedError):
    code, field = "partner_limit", "partner_points"
    text = Text("{left} points can still be exchanged this month.", "本月还可兑入 {left} 积分。")


class ExpiryInPastError(FieldRefusedError):
    code, field = "expiry_in_past", "expires_on"
    text = Text("The points would have ended already.", "该积分已过期。")


class TierOfferUnknownError(FieldRefusedError):
    code, field = "tier_offer_unknown", "offer"
    text = Text("The programme has no tier offer of this code.", "本会员计划没有该代码的等级兑换项。")


class TierUnknownError(FieldRefusedError):
    code, field = "tier_unknown", "tier"
    text = Text("The programme has no tier of this code.", "本会员计划没有该代码的等级。")


class TierNotHigherError(FieldRefusedError):
    code, field = "tier_not_higher", "tier"
    text = Text("The member has this tier or a higher one.", "该会员已处于此等级或更高等级。")


class OverrideEndsInPastError(FieldRefusedError):
    code, field = "override_ends_in_past", "ends_on"
    text = Text("The tier would have ended already.", "该等级的截止日期已过。")


class AlreadyDecidedError(FieldRefusedError):
    code, field = "already_decided", "approval_id"
    text = Text("This was decided already: {status}.", "该申请已处理，结果为：{status}。")


class OwnRequestError(FieldRefusedError):
    code, field = "own_request", "approval_id"
    text = Text("Another person must decide on your request.", "须由他人审批您提交的申请。")


class CaseEndedError(FieldRefusedError):
    code, field = "case_ended", "approval_id"
    text = Text(
        "Nothing is held by this case any more: its time was over, or all of it was refunded.",
        "该核查已无待处理积分：已超过核查期限，或相关消费已全部退款。",
    )


class RefundsWaitingError(FieldRefusedError):
    code, field = "refunds_waiting", "reference"
    text = Text("{most} refunds already wait for this purchase.", "已有 {most} 笔退款在等待该消费记录。")


class TransferToSelfError(FieldRefusedError):
    code, field = "transfer_to_self", "member_id"
    text = Text("Points cannot be given to oneself.", "不能转赠给自己。")


class PeriodUnfitError(FieldRefusedError):
    code, field = "period_unfit", "last_day"
    text = Text(
        "A period has 1 to {days} days and ends today at the latest.",
        "期间须为 1 至 {days} 天，且不得晚于今天。",
    )


class ImportKeyError(FieldRefusedError):
    code, field = "import_key", "key"
    text = Text("Files to import lie under {folder} of this installation's bucket.", "待导入文件须位于本系统存储桶的 {folder} 目录下。")


class ImportFileMissingError(FieldRefusedError):
    code, field = "import_file_missing", "key"
    text = Text("There is no such file yet: upload it first.", "文件尚未上传。")


class ImportTooLargeError(FieldRefusedError):
    code, field = "import_too_large", "key"
    text = Text("A file has {megabytes} MB at most: cut it into several.", "文件不得超过 {megabytes} MB，请拆分后导入。")


class ImportStateError(FieldRefusedError):
    code, field = "import_state", "import_id"
    text = Text("The import is just being started.", "该导入正在启动。")
