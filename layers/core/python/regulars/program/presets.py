"""The two programmes that ship: `four` tiers (the default) and `five`; a programme owner starts from one of them."""

from datetime import UTC, datetime
from functools import cache
from typing import Literal

from regulars.program.joining import Document, FormField, JoinField
from regulars.program.model import (
    Benefit,
    BenefitClass,
    Programme,
    ProgrammeVersion,
    Tier,
)
from regulars.program.parts import Words
from regulars.program.serving import TierService

type PresetName = Literal["four", "five"]

IN_FORCE_FROM = datetime(2000, 1, 1, tzinfo=UTC)

_BENEFITS = (
    ("points", BenefitClass.POINTS, "Points", "积分累计", "Every purchase earns points.", "每次消费累计积分。"),
    ("order_tracking", BenefitClass.BASIC_SERVICE, "Order tracking", "订单跟踪", "See where your orders are.", "查询订单进度。"),
    ("discount", BenefitClass.DISCOUNT, "Member prices", "会员折扣", "Lower prices on chosen goods.", "部分商品享受折扣。"),
    ("priority_support", BenefitClass.PRIORITY_SERVICE, "Priority support", "优先客服", "Your questions come first.", "客服优先接待。"),
    ("more_discount", BenefitClass.DISCOUNT, "More member prices", "更多折扣", "Lower prices on more goods.", "更多商品享受折扣。"),
    ("gifts", BenefitClass.BIRTHDAY, "Gifts", "专属礼品", "Gifts for members of your tier.", "专属会员礼品。"),
    ("priority_purchase", BenefitClass.PRIORITY_SERVICE, "Priority purchase", "优先购买", "Buy new goods first.", "新品优先购买。"),
    ("custom_service", BenefitClass.PERSONALISED_SERVICE, "Custom service", "定制化服务", "Service made for you.", "按需定制服务。"),
    (
        "invitations",
        BenefitClass.EXCLUSIVE_ACTIVITY,
        "Invitations",
        "专属邀请",
        "Launches and member events.",
        "新品发布会与会员活动邀请。",
    ),
    ("high_return", BenefitClass.POINTS, "High points return", "高额积分回馈", "The best points rate.", "高倍积分回馈。"),
    ("personal_agent", BenefitClass.PERSONALISED_SERVICE, "Your own agent", "专属客服", "One person who knows you.", "一对一专属客服。"),
)
_TIERS = (
    ("ordinary", "Ordinary", "普通", 0, 1000, ("points", "order_tracking"), 0),
    ("silver", "Silver", "银卡", 1_000_00, 1200, ("discount", "priority_support"), 1),
    ("gold", "Gold", "金卡", 2_500_00, 1500, ("more_discount", "gifts", "priority_purchase"), 2),
    ("platinum", "Platinum", "白金", 5_000_00, 2000, ("custom_service", "invitations", "high_return"), 3),
    ("diamond", "Diamond", "钻石", 10_000_00, 2500, ("personal_agent",), 4),
)
_FIELDS = (
    (JoinField.NAME, True, "How we address you.", "用于称呼您。"),
    (JoinField.PHONE, False, "To verify you and to send you service messages.", "用于身份验证和服务通知。"),
    (JoinField.EMAIL, False, "To verify you and to send you service messages.", "用于身份验证和服务通知。"),
    (JoinField.GENDER, False, "To recommend goods that suit you.", "用于个性化推荐。"),
    (JoinField.BIRTH_DATE, False, "To send you a birthday treat.", "用于生日礼遇。"),
    (JoinField.ADDRESS, False, "To post cards and gifts to you.", "用于邮寄会员卡和礼品。"),
    (JoinField.INTERESTS, False, "To choose news and offers for you.", "用于推荐您感兴趣的内容。"),
)
_STEPS = (
    ("Fill in the form and accept the terms.", "填写会员申请表并同意会员条款。"),
    ("Enter the code we send to your phone or e-mail.", "输入发送到手机或邮箱的验证码。"),
    ("Set a password: you are a member and have your card.", "设置密码后即成为会员并获得会员卡。"),
)
_TERMS = (
    "Membership is free and voluntary. Purchases earn points by your tier; points end at the date shown in your account. "
    "What you tell us must be true. You may leave at any time.",
    "会员资格免费且自愿。消费按会员等级累计积分，积分在账户所示日期到期。您提供的信息应真实。您可随时退会。",
)
_PRIVACY = (
    "We collect the fields of the form, each for the purpose beside it, and your purchases to keep your account. Contacts are stored "
    "encrypted and are used for service messages, and for marketing only with your consent, which you can withdraw at any time. "
    "You may read, correct, copy and delete your data.",
    "我们按表单所示目的收集各项信息，并记录消费以维护您的账户。联系方式加密存储，仅用于服务通知；营销信息须经您同意，且可随时撤回。"
    "您可查阅、更正、复制和删除您的信息。",
)


@cache
def preset(name: PresetName) -> Programme:
    """The programme of a preset."""
    return Programme(
        name=Words(en="Regulars", zh_cn="熟客会员"),
        tiers=tuple(
            Tier(
                code=code,
                name=Words(en=en, zh_cn=zh),
                spend_from=spend,
                points_per_unit_thousandths=rate,
                benefits=benefits,
                service=TierService(priority=priority),
            )
            for code, en, zh, spend, rate, benefits, priority in _TIERS[: 4 if name == "four" else 5]
        ),
        benefits=tuple(
            Benefit(code=code, benefit_class=kind, name=Words(en=en, zh_cn=zh), description=Words(en=about, zh_cn=about_zh))
            for code, kind, en, zh, about, about_zh in _BENEFITS[: 10 if name == "four" else 11]
        ),
        join_form=tuple(FormField(field=field, required=required, purpose=Words(en=en, zh_cn=zh)) for field, required, en, zh in _FIELDS),
        join_steps=tuple(Words(en=en, zh_cn=zh) for en, zh in _STEPS),
        terms=Document(version="1", title=Words(en="Terms of membership", zh_cn="会员条款"), text=Words(en=_TERMS[0], zh_cn=_TERMS[1])),
        privacy=Document(version="1", title=Words(en="Privacy policy", zh_cn="隐私政策"), text=Words(en=_PRIVACY[0], zh_cn=_PRIVACY[1])),
    )


def preset_version(name: PresetName = "four") -> ProgrammeVersion:
    """A preset as version 1, in force from 2000-01-01."""
    return ProgrammeVersion(number=1, effective_from=IN_FORCE_FROM, programme=preset(name))
