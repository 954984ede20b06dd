"""Why the members' context refuses; each is in the closed list of codes."""

from regulars.kernel.errors import FieldRefusedError, RegularsError
from regulars.kernel.language import Text


class RegistrationStateError(RegularsError):
    code, status = "registration_state", 422
    text = Text("The registration is {state}: that step is not possible now.", "该申请的状态为 {state}，当前不能进行此操作。")


class MemberStatusError(RegularsError):
    code, status = "member_status", 422
    text = Text("The member is {status}: that step is not possible now.", "该会员的状态为 {status}，当前不能进行此操作。")


class ContactAlreadyMemberError(RegularsError):
    code, status = "contact_already_member", 422
    text = Text(
        "This contact already belongs to a member: log in, or reset the password.",
        "该联系方式已属于一位会员，请直接登录或重置密码。",
    )


class AdmissionConditionError(FieldRefusedError):
    code, field = "admission_not_met", "tier"
    text = Text(
        "The conditions for joining at {tier} do not hold: {conditions}. Confirm other figures, name another tier, or reject.",
        "不符合 {tier} 的入会条件：{conditions}。请核实数据、选择其他等级或驳回。",
    )


class AdmissionTierUnknownError(FieldRefusedError):
    code, field = "admission_tier_unknown", "tier"
    text = Text("The programme has no such tier.", "会员计划没有该等级。")


class AdmissionCurrencyError(FieldRefusedError):
    code, field = "admission_currency", "prior_spend.currency"
    text = Text("Earlier spend is told in {currency}.", "此前消费须以 {currency} 填写。")


class VerificationCodeError(FieldRefusedError):
    code, field = "code_wrong", "code"
    text = Text("The code is not right.", "验证码不正确。")


class VerificationCodeExpiredError(FieldRefusedError):
    code, field = "code_expired", "code"
    text = Text("The code has expired: ask for a new one.", "验证码已过期，请重新获取。")


class VerificationCodeSpentError(FieldRefusedError):
    code, field = "code_spent", "code"
    text = Text("Too many wrong tries: ask for a new code.", "错误次数过多，请重新获取验证码。")


class IdentifierInvalidError(FieldRefusedError):
    code, field = "identifier_invalid", "identifier"
    text = Text("Give a phone number or an e-mail address.", "请填写手机号或邮箱。")


class ChannelNeedsStaffError(FieldRefusedError):
    code, field = "channel_needs_staff", "channel"
    text = Text("This channel is for staff: they register with POST /v1/members.", "该渠道由员工登记，请使用 POST /v1/members。")


class PasswordRefusedError(FieldRefusedError):
    code, field = "password_refused", "password"
    text = Text("The identity service does not take this password: choose another.", "身份服务不接受该密码，请更换。")


class PasswordTooCommonError(FieldRefusedError):
    code, field = "password_too_common", "password"
    text = Text("This password is easily guessed: choose another.", "该密码过于常见，请更换。")


class PasswordIsContactError(FieldRefusedError):
    code, field = "password_is_contact", "password"
    text = Text("The password must not be your phone number or e-mail address.", "密码不能是您的手机号或邮箱。")


class PasswordUnfitError(FieldRefusedError):
    code, field = "password_unfit", "password"
    text = Text(
        "A password starts and ends with a visible character and has no control characters.", "密码首尾不能为空格，且不能含控制字符。"
    )


class PasswordAlreadySetError(RegularsError):
    code, status = "password_already_set", 422
    text = Text("The password was already set: log in, or reset it.", "密码已设置，请直接登录或重置密码。")


class InvalidCredentialsError(RegularsError):
    code, status = "invalid_credentials", 401
    text = Text("The log-in name or the password is not right.", "账号或密码不正确。")


class SessionEndedError(RegularsError):
    code, status = "session_ended", 401
    text = Text("The session has ended: log in again.", "登录已失效，请重新登录。")


class RequestedByNeededError(FieldRefusedError):
    code, field = "requested_by_needed", "X-Requested-By"
    text = Text("A session by cookie needs the header X-Requested-By.", "使用 Cookie 会话时须携带请求头 X-Requested-By。")


class RefreshTokenNeededError(FieldRefusedError):
    code, field = "refresh_token_needed", "refresh_token"
    text = Text("Send the refresh token in the body or as the cookie.", "请在请求体或 Cookie 中提供刷新令牌。")


class CardNotFoundError(FieldRefusedError):
    code, field = "card_not_found", "card_number"
    text = Text("There is no such card.", "会员卡不存在。")


class CardTokenExpiredError(FieldRefusedError):
    code, field = "card_token_expired", "card_token"
    text = Text("The card code is not valid now: show the current one.", "会员卡动态码当前无效，请出示最新的动态码。")


class ContactChangeRefusedError(FieldRefusedError):
    code, field = "contact_change_needs_verification", "phone"
    text = Text("A contact is changed by a change request, not here.", "联系方式须通过变更申请修改，此处不可更改。")


class ReviewNeededError(FieldRefusedError):
    code, field = "change_needs_review", "name"
    text = Text("This field is changed by staff after a check.", "该信息须经工作人员核实后修改。")


class FieldNeededError(FieldRefusedError):
    code, field = "field_needed", "name"
    text = Text("The programme needs this field: it cannot be emptied.", "该信息为会员计划必填项，不能清空。")


class DocumentNotCurrentError(FieldRefusedError):
    code, field = "document_not_current", "terms_version"
    text = Text("Accept the version in force: {version}.", "请同意当前生效的版本：{version}。")
