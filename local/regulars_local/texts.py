"""Everything the command says to people, in English and Chinese."""

import os

from regulars.kernel.language import Language, Text


def language_of(choice: str | None) -> Language:
    """The language of `--lang`, else of the locale: Chinese for `zh…`, English otherwise."""
    locale = choice or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-CN" if locale.lower().startswith("zh") else "en"


PHASES = {
    "emulator": Text("Starting the embedded cloud", "正在启动内嵌云"),
    "deployment": Text("Deploying the CDK app onto it (the first time takes a minute)", "正在部署 CDK 应用（首次约需一分钟）"),
    "people": Text("Letting staff and tills in", "正在创建员工账号和收银台客户端"),
    "sample": Text("Registering sample members", "正在注册示例会员"),
    "relay": Text("Sending on what an earlier stop left", "正在补发上次停止时未送出的事件"),
}

READY = Text("Regulars is running: {api_url}/v1", "Regulars 已启动：{api_url}/v1")
API = Text("HTTP interface", "HTTP 接口")
REFERENCE = Text("API reference", "接口文档")
TOKENS = Text("Tokens of tills and shops", "收银台与商城令牌")
CLOUD = Text("Embedded cloud", "内嵌云")
LOG_INS = Text("Sample log-ins (this stack only; also in {file})", "示例账号（仅限本机，亦见 {file}）")
ROLE, NAME, CONTACT, PASSWORD, CARD, CLIENT, SCOPES = (
    Text("Role", "角色"), Text("Name", "姓名"), Text("Log-in", "账号"), Text("Password", "密码"), Text("Card", "会员卡号"),
    Text("Client", "客户端"), Text("Scopes", "权限范围"),
)  # fmt: skip
TRY_NEXT = Text("Try next, in another terminal", "接下来，请在另一个终端尝试")
TRY_PURCHASE = Text("A purchase at the till", "收银台的一笔消费")
TRY_POINTS = Text("The member's points", "该会员的积分")
TRY_MAIL = Text("What the member was sent", "该会员收到的消息")
TRY_TIME = Text("400 days later, after the night's settlement", "400 天之后，夜间结算完成")
STOP_HINT = Text("Ctrl-C stops everything and keeps the state; the log follows.", "按 Ctrl-C 停止全部进程并保留数据；以下为日志。")
STOPPING = Text("Stopping…", "正在停止……")
STOPPED = Text("Stopped. `make serve` takes the state up again.", "已停止。再次运行 make serve 即可继续。")
RESETTING = Text("Starting over with empty state…", "正在清空数据并重新开始……")
EMULATOR_DIED = Text(
    "The embedded cloud ended by itself: see {file}. Run `make serve` again.", "内嵌云意外退出，详见 {file}。请重新运行 make serve。"
)
FAILED = Text("It did not start: {reason}", "启动失败：{reason}")
NOT_RUNNING = Text("No stack runs from {home}. Start it with `make serve`.", "{home} 没有正在运行的实例。请先运行 make serve。")
ALREADY_RUNNING = Text(
    "A stack already runs from {home} (process {pid}). Use it, stop it, or give this one another --home.",
    "{home} 已有实例在运行（进程 {pid}）。请直接使用、先停止它，或用 --home 指定另一个目录。",
)
REFUSED = Text("Refused: {reason}", "被拒绝：{reason}")
ONE_OF = Text("Name exactly one of --role, --client, --member.", "--role、--client、--member 必须且只能指定一个。")
UNKNOWN_NAME = Text("There is no {name}; known: {known}.", "没有 {name}；可选：{known}。")
NEEDS_PASSWORD = Text(
    "{contact} is no sample member: give --password, or set REGULARS_PASSWORD.",
    "{contact} 不是示例会员：请用 --password 或环境变量 REGULARS_PASSWORD 提供密码。",
)
CLOCK_NOW = Text("The stack's clock: {instant}{frozen}", "本地实例时钟：{instant}{frozen}")
CLOCK_FROZEN = Text(" (frozen)", "（已冻结）")
CLOCK_ERRORS = {
    "step": Text("A step looks like +400d, +3h, +30m or +2w.", "步长的写法为 +400d、+3h、+30m 或 +2w。"),
    "instant": Text(
        "An instant needs its offset, such as 2027-01-01T00:00:00+08:00.", "时刻须带时区偏移，例如 2027-01-01T00:00:00+08:00。"
    ),
    "backwards": Text(
        "The clock only moves forward; `regulars clock --reset` starts over.", "时钟只能前进；如需重来请用 regulars clock --reset。"
    ),
}
CLOCK_HINT = Text(
    "`regulars run settle-accounts` does now what the night would have done.", "运行 regulars run settle-accounts 可立即执行夜间结算。"
)
RESET_ASK = Text(
    "Everything in {home} is deleted: members, purchases, log-ins, the clock. Go on?",
    "{home} 中的会员、消费、账号和时钟将全部删除，是否继续？",
)
RESET_DONE = Text("Done: the stack is empty and has new log-ins.", "完成：实例已清空，并生成了新的账号。")
RESET_STOPPED = Text("Done: the next `make serve` starts with empty state.", "完成：下次 make serve 将从空数据开始。")
PROVED = Text(
    "{what}: {members} members and {entries} entries looked at, {differences} differences.",
    "{what}：已核验 {members} 名会员、{entries} 条流水，发现 {differences} 处差异。",
)
RECOUNTED = Text(
    "recount: {entries} entries looked at, {counted} of them were missing in the books and are counted now.",
    "recount：已查看 {entries} 条流水，其中 {counted} 条此前未计入汇总，现已补计。",
)
DIFFERENCE = Text("{member}: {difference} ({detail})", "{member}：差异 {difference}（{detail}）")
THE_BOOKS = Text("the programme's books", "计划汇总")
KEPT = Text("Nothing was changed.", "未做任何更改。")
JOB_DONE = Text(
    "{job}: done in {seconds:.1f} s; {entries} new entries, {messages} new messages, {failed} in dead-letter queues.",
    "{job}：{seconds:.1f} 秒完成；新增分录 {entries} 条，新增消息 {messages} 条，死信队列 {failed} 条。",
)
JOB_SLOW = Text("{job}: {waiting} messages still wait after {seconds:.0f} s.", "{job}：{seconds:.0f} 秒后仍有 {waiting} 条消息在等待。")
MAILBOX_EMPTY = Text("No message was sent yet.", "尚未发送任何消息。")
STATUS = {
    "waiting": Text("Waiting in queues", "队列中等待"),
    "failed": Text("In dead-letter queues", "死信队列"),
    "clock": Text("Clock", "时钟"),
    "sources": Text("Deployed sources", "已部署的源代码"),
    "current": Text("current", "最新"),
    "changed": Text("changed since: start again to deploy them", "之后有改动：重新启动即可部署"),
}
GENERATED_STALE = Text("Not as the code says: {files}. Write them with --write.", "与代码不一致：{files}。请用 --write 重新生成。")
RESET_UNHEARD = Text("Process {pid} did not start over: stop it and try again.", "进程 {pid} 未响应：请先停止它再重试。")

HELP = {
    "serve": Text("Run the whole cloud here: emulator, deployment, sample people; Ctrl-C stops and keeps the state.",
                  "在本机运行整套云服务：模拟器、部署、示例数据；按 Ctrl-C 停止并保留数据。"),
    "token": Text("Print an access token of a role, a machine client or a member, and nothing else.",
        "只输出访问令牌：员工角色、客户端或会员。"),
    "mailbox": Text("Every e-mail and SMS that was sent, verification codes too (this stage only).",
        "查看所有已发送的邮件和短信，包括验证码（仅限本机）。"),
    "clock": Text("Show or move the stack's clock; forward only.", "查看或拨动本地实例的时钟，只能向前。"),
    "run": Text("Run a scheduled job now and wait until its work is done.", "立即执行定时任务并等待完成。"),
    "ledger": Text("Prove the ledger: verify (hashes), rebuild (replay), reconcile (guards, refunds, books); exit code 1: differences. "
        "recount counts what the books missed.",
        "核验账本：verify 校验序号与哈希链，rebuild 重放流水，reconcile 核对凭据、退款与汇总；有差异时退出码为 1。"
        "recount 补计汇总遗漏的流水。"),
    "ledger_member": Text("One member's account only, by id.", "仅核验一名会员（按会员编号）。"),
    "open": Text("Print (and open) the address of the API reference.", "输出（并打开）接口文档地址。"),
    "status": Text("Address, clock, queues, and whether the sources changed since they were deployed.",
        "查看地址、时钟、队列以及源代码是否已更新。"),
    "openapi": Text("Compare docs/openapi.json with the handlers, or write it.", "比对或生成 docs/openapi.json。"),
    "schemas": Text("Compare events/schemas with the event types, or write them.", "比对或生成 events/schemas。"),
    "demo": Text("Replay a real supermarket's year and reconcile every member.", "回放一家真实超市一年的消费，并逐笔核对每位会员。"),
    "write": Text("Write the files instead of comparing them.", "写入文件而不是比对。"),
    "home": Text("Folder of the instance.", "实例目录。"),
    "lang": Text("en or zh; otherwise by the locale.", "en 或 zh；默认取自系统语言。"),
    "port": Text("Port on 127.0.0.1; by default 4566, or a free one.", "127.0.0.1 上的端口；默认 4566，被占用时自动选择。"),
    "sample": Text("Register sample members.", "注册示例会员。"),
    "role": Text("Staff role, such as clerk.", "员工角色，例如 clerk。"),
    "client": Text("till, importer or shop.", "till、importer 或 shop。"),
    "member": Text("A member's phone, e-mail or card number.", "会员的手机号、邮箱或卡号。"),
    "password": Text("The member's password, when it is no sample member.", "会员密码（非示例会员时必填）。"),
    "step": Text("How far to move on: +400d, +3h, +30m, +2w.", "前进多少：+400d、+3h、+30m、+2w。"),
    "at": Text("Move on to this instant (with its offset).", "前进到该时刻（须带时区偏移）。"),
    "freeze": Text("Stop the clock where it stands.", "冻结时钟。"),
    "release": Text("Let a frozen clock run on.", "解除冻结。"),
    "show": Text("Only show it (the default).", "仅查看（默认）。"),
    "plain": Text("Print the instant alone, for programs.", "只输出时刻，供程序使用。"),
    "reset": Text("Start over with empty state; asks first.", "清空数据并重新开始；会先询问。"),
    "yes": Text("Do not ask.", "不再询问。"),
    "timeout": Text("Seconds to wait for the job.", "等待任务的秒数。"),
    "to": Text("Only what was sent to this phone, e-mail or member id.", "只看发给该手机号、邮箱或会员编号的消息。"),
    "limit": Text("How many messages, the newest.", "显示最近多少条。"),
    "json": Text("One JSON array, for programs.", "以 JSON 数组输出。"),
}  # fmt: skip
