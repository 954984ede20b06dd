"""The sentences that explain what a part of an entry did."""

from regulars.accounts.entries import EntryKind, EvaluationOutcome, TierCause
from regulars.kernel.language import Text

EARNED = {
    "base": Text(
        "{points} points at {rate} per unit spent, the rate of {tier}.",
        "获得 {points} 积分：按{tier}等级每消费 1 个货币单位累计 {rate} 积分。",
    ),
    "rate": Text(
        "{points} points at {rate} per unit spent, by the rule “{rule}”.",
        "获得 {points} 积分：按规则“{rule}”每消费 1 个货币单位累计 {rate} 积分。",
    ),
    "multiplier": Text(
        "{points} points more: {times} times as many, by the rule “{rule}”.",
        "另得 {points} 积分：按规则“{rule}”{times} 倍累计。",
    ),
    "bonus": Text("{points} points more, by the rule “{rule}”.", "另得 {points} 积分：按规则“{rule}”奖励。"),
}

POSTINGS = {
    "earned_activity": Text("{points} points for the activity “{activity}”.", "完成活动任务“{activity}”，获得 {points} 积分。"),
    "earned_partner": Text(
        "{points} points in exchange for {partner_points} points of {partner}.",
        "以{partner}的 {partner_points} 分兑换，获得 {points} 积分。",
    ),
    "activated": Text("{points} points can be used: the time for returns is over.", "退货期已过，{points} 积分现可使用。"),
    "redeemed": Text("{points} points were used: {purpose}.", "使用 {points} 积分：{purpose}。"),
    "tier_bought": Text(
        "{points} points bought the tier {tier} through {ends_on}.", "使用 {points} 积分兑换{tier}等级，有效至 {ends_on}。"
    ),
    "held": Text("{points} points are set aside for a payment.", "为付款预占 {points} 积分。"),
    "hold_used": Text("{points} points that were set aside have paid.", "预占的 {points} 积分已用于付款。"),
    "hold_released": Text("{points} points that were set aside are free again.", "预占的 {points} 积分已退回可用。"),
    "taken_back": Text(
        "{points} points that the refunded part had earned were taken back, at the rates of the purchase.",
        "按原消费的比例收回退款部分所得的 {points} 积分。",
    ),
    "taken_back_pending": Text(
        "{points} pending points that the refunded part had earned were taken back.", "收回退款部分所得、尚未生效的 {points} 积分。"
    ),
    "taken_back_debt": Text(
        "{points} points of the refunded part were not there any more: they are owed, and the next points repay them.",
        "退款部分的 {points} 积分已被使用，记为欠分，将由之后获得的积分抵还。",
    ),
    "refund_returned": Text("{points} points that had paid for the refunded part were given back.", "退还为退款部分支付的 {points} 积分。"),
    "cancellation_returned": Text("{points} points of the cancelled redemption were given back.", "兑换已取消，退还 {points} 积分。"),
    "opening_balance": Text("{points} points were taken over from another system.", "由其他系统转入 {points} 积分。"),
    "adjusted_up": Text("{points} points were added by staff for the reason {reason}.", "工作人员增加 {points} 积分，原因：{reason}。"),
    "adjusted_down": Text("{points} points were taken by staff for the reason {reason}.", "工作人员扣减 {points} 积分，原因：{reason}。"),
    "approved": Text("Approved by a second person.", "已由第二人审批。"),
    "expired": Text("{points} points ended: {day} was the last day they could be used.", "{points} 积分已过期：最后可用日为 {day}。"),
    "extended_from": Text(
        "{points} points no longer end on {day}, as the member was active.", "因有新的活动，{points} 积分不再于 {day} 到期。"
    ),
    "extended_to": Text("{points} points last through {day} now.", "{points} 积分的有效期延长至 {day}。"),
    "received": Text("{points} points were a gift from another member.", "收到其他会员转赠的 {points} 积分。"),
    "given": Text("{points} points were given to another member.", "向其他会员转赠 {points} 积分。"),
    "forfeited": Text("{points} points were forfeited with the end of the account.", "账户关闭，{points} 积分作废。"),
    "suspended": Text(
        "{points} points wait for a look of our staff, until {until} at the latest.", "{points} 积分待工作人员核查，最迟 {until} 生效。"
    ),
    "suspended_again": Text("{points} points still wait for a look of our staff.", "{points} 积分仍在核查中。"),
    "resumed": Text("{points} points no longer wait for a look.", "{points} 积分不再待核查。"),
    "resumed_late": Text("Nobody has looked in time: {points} points no longer wait.", "核查期限已过，{points} 积分自动解除核查。"),
    "released": Text("{points} points can be used.", "{points} 积分现可使用。"),
    "taken": Text("{points} points were taken after the look.", "经核查，{points} 积分不予入账。"),
    "compensated": Text(
        "{points} points that were left at the end of the account are paid out to the member.",
        "账户关闭，剩余 {points} 积分折现支付给会员。",
    ),
    "debt_repaid": Text("{points} points repaid what was owed.", "{points} 积分用于抵还欠分。"),
    "reminded": Text("{points} points end soon: {day} is the last day they can be used.", "{points} 积分即将到期：最后可用日为 {day}。"),
}

CLOSURE = {
    "nothing_earned": Text(
        "Nothing was earned: the end of the account on {day} had been announced.", "账户将于 {day} 关闭，本次消费不累计积分。"
    ),
    "ends": Text(
        "Through {day} the points can be used, and purchases earn none; then the account ends.",
        "截至 {day} 可使用积分，消费不再累计积分；之后账户关闭。",
    ),
    "goes_on": Text("The account goes on, and purchases earn points again.", "账户予以保留，消费恢复累计积分。"),
}

LASTS = Text("They can be used through {day}.", "有效期至 {day}。")
LASTS_FOR_EVER = Text("They do not end.", "长期有效。")
USABLE_FROM = Text("They can be used from {day} on, after the time for returns.", "退货期后自 {day} 起可用。")

TIER_CHANGED = Text("The tier changed from {from_tier} to {to_tier}: {cause}.", "等级由{from_tier}变为{to_tier}：{cause}。")
CAUSES = {
    TierCause.QUALIFIED: Text("the figures reached it", "达到该等级标准"),
    TierCause.REVIEW: Text("the review found the figures below it", "评定未达到原等级标准"),
    TierCause.PROGRAMME: Text("the programme's tiers changed", "会员计划的等级有调整"),
    TierCause.POINTS: Text("it was bought with points", "以积分兑换"),
    TierCause.CAMPAIGN: Text("a campaign granted it", "由活动授予"),
    TierCause.OVERRIDE: Text("staff set it, and a second person approved", "由工作人员设定并经第二人审批"),
    TierCause.GRANT_ENDED: Text("the time of the granted tier was over", "授予的等级已到期"),
}

EVALUATED = Text(
    "The figures from {first_month} through {last_month} qualify for {qualified}: {outcome}.",
    "{first_month} 至 {last_month} 的数据符合{qualified}等级标准：{outcome}。",
)
OUTCOMES = {
    EvaluationOutcome.KEPT: Text("the tier stays", "保持等级"),
    EvaluationOutcome.UPGRADED: Text("the tier rises", "升级"),
    EvaluationOutcome.GRACE: Text("the tier stays for a time in which what is missing can be made up", "进入宽限期，可在期内补足"),
    EvaluationOutcome.MADE_UP: Text("what was missing is made up and the tier stays", "已补足，保持等级"),
    EvaluationOutcome.DEMOTED: Text("the tier falls", "降级"),
    EvaluationOutcome.TO_REVIEW: Text("staff look at it", "转人工评定"),
}

TITLES = {
    EntryKind.PURCHASE: Text("A purchase", "消费"),
    EntryKind.SETTLEMENT: Text("What was due by the day", "到期处理"),
    EntryKind.REFUND: Text("A refund", "退款"),
    EntryKind.REDEMPTION: Text("Points used", "积分兑换"),
    EntryKind.REDEMPTION_CANCELLATION: Text("A redemption taken back", "取消兑换"),
    EntryKind.HOLD: Text("Points set aside", "预占积分"),
    EntryKind.HOLD_COMMIT: Text("A hold used", "使用预占"),
    EntryKind.HOLD_CANCELLATION: Text("A hold given back", "取消预占"),
    EntryKind.ADJUSTMENT: Text("A correction", "积分调整"),
    EntryKind.TRANSFER_OUT: Text("A gift given", "转出积分"),
    EntryKind.TRANSFER_IN: Text("A gift received", "收到转赠"),
    EntryKind.ACTIVITY: Text("An activity", "活动任务"),
    EntryKind.PARTNER_CREDIT: Text("A partner's points", "合作伙伴积分兑换"),
    EntryKind.OPENING_BALANCE: Text("An opening balance", "期初积分"),
    EntryKind.TIER_PURCHASE: Text("A tier bought with points", "积分兑换等级"),
    EntryKind.TIER_OVERRIDE: Text("A tier set by staff", "设定等级"),
    EntryKind.CASE_DECISION: Text("A look at held points", "积分核查"),
    EntryKind.CLOSURE_NOTICE: Text("The end of the account announced", "账户关闭通知"),
    EntryKind.CLOSURE_CANCELLATION: Text("The end of the account called off", "取消账户关闭"),
    EntryKind.CLOSURE: Text("The end of the account", "账户关闭"),
}
