"""One line of an import: its fields as they come in CSV or JSON, and what is done with it, once for each reference."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Self

from msgspec import Struct
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from regulars.accounts.commands import OpenBalance, RecordPurchase
from regulars.accounts.entries import Line
from regulars.accounts.jobs.imports import ImportKind
from regulars.accounts.operations import Fact, OperationsService
from regulars.accounts.service import AccountsService, Buyer
from regulars.kernel.idempotency import input_hash
from regulars.kernel.ids import derived_id
from regulars.kernel.language import Language, Text
from regulars.kernel.money import AMOUNT_MAX, CURRENCY_PATTERN
from regulars.kernel.wire import RequestInstant
from regulars.members.commands import Gender, SubmitApplication
from regulars.members.importing import BringMember, MemberImports, imported_member_id
from regulars.members.model import Channel, ContactKind, MarketingChannel

type Imported = tuple[str, bool]
"""The id of what a line came to, and whether it had come before."""

_ONE_OF = Text("Give one of member_id, card_number and member_reference.", "请提供 member_id、card_number、member_reference 之一。")


def _split(value: object) -> object:
    """Several values in one field of CSV stand between semicolons."""
    return [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value


def _nothing(value: object) -> object:
    return None if value == "" else value


type Name = Annotated[str, Field(min_length=1, max_length=64)]
type Reference = Annotated[str, Field(min_length=1, max_length=128)]
type Several[Part] = Annotated[tuple[Part, ...], BeforeValidator(_split), Field(max_length=20)]
type Maybe[Part] = Annotated[Part | None, BeforeValidator(_nothing)]


class ImportLine(BaseModel):
    """The base: no unknown fields; figures may come as text, as CSV knows nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, coerce_numbers_to_str=True)

    reference: Reference


class MemberLine(ImportLine):
    """A member; `reference` is the other system's number of it."""

    name: Maybe[str] = None
    phone: Maybe[str] = None
    email: Maybe[str] = None
    contact: Maybe[ContactKind] = Field(None, description="Which contact is the member's own; the phone, where one is given.")
    gender: Maybe[Gender] = None
    birth_date: Maybe[date] = None
    address: Maybe[str] = None
    interests: Several[str] = ()
    language: Language = "zh-CN"
    channel: Channel = Channel.STORE
    terms_version: str = Field("", max_length=32)
    privacy_version: str = Field("", max_length=32)
    accepted_at: Maybe[RequestInstant] = None
    marketing: Several[MarketingChannel] = ()
    tier: Maybe[str] = Field(None, description="The tier that the member had there and begins with here.")

    def to_form(self) -> SubmitApplication:
        """The form as the members' context takes it."""
        return SubmitApplication(
            channel=self.channel,
            language=self.language,
            terms_version=self.terms_version,
            privacy_version=self.privacy_version,
            information_is_true=True,
            name=self.name,
            phone=self.phone,
            email=self.email,
            verify_by=self.contact,
            gender=self.gender,
            birth_date=self.birth_date,
            address=self.address,
            interests=self.interests,
            marketing=frozenset(self.marketing),
        )


class _OwnedLine(ImportLine):
    member_id: Maybe[str] = None
    card_number: Maybe[str] = None
    member_reference: Maybe[Reference] = Field(
        None, description="The reference with which the member came by an import of the same source."
    )

    @model_validator(mode="after")
    def _one_owner(self) -> Self:
        if sum(value is not None for value in (self.member_id, self.card_number, self.member_reference)) != 1:
            raise PydanticCustomError("one_of", "one_of", {"text": _ONE_OF})
        return self

    def buyer(self, source: str) -> Buyer:
        """Whose it is."""
        if self.member_reference is not None:
            return Buyer(member_id=imported_member_id(source, self.member_reference))
        return Buyer(member_id=self.member_id, card_number=self.card_number)


class OpeningBalanceLine(_OwnedLine):
    """Points that a member brings along, and their last day (none: they do not end)."""

    points: int = Field(ge=1, le=10**9)
    expires_on: Maybe[date] = None


class PurchaseLineLine(BaseModel):
    """One line of a purchase."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    sku: Name
    category: str = Field("", max_length=64)
    quantity: int = Field(1, ge=0, le=10**6)
    amount: int = Field(ge=0, le=AMOUNT_MAX)
    brand: str = Field("", max_length=64)
    is_reward: bool = False


class PurchaseLine(_OwnedLine):
    """A purchase; in CSV it has one line: `amount`, and `sku`, `category`, `quantity` where they are known."""

    store_id: Name
    channel: Name = "store"
    occurred_at: RequestInstant
    currency: str = Field(pattern=CURRENCY_PATTERN)
    lines: tuple[PurchaseLineLine, ...] = Field((), max_length=200)
    amount: Maybe[int] = Field(None, ge=0, le=AMOUNT_MAX)
    sku: Name = "-"
    category: str = Field("", max_length=64)
    quantity: int = Field(1, ge=0, le=10**6)

    @model_validator(mode="after")
    def _has_lines(self) -> Self:
        if bool(self.lines) == (self.amount is not None):
            raise PydanticCustomError("one_of", "one_of", {"text": Text("Give lines or an amount.", "请提供 lines 或 amount 其中之一。")})
        return self

    def to_lines(self) -> tuple[Line, ...]:
        """The lines of the purchase."""
        if self.lines:
            return tuple(Line(line.sku, line.category, line.quantity, line.amount, line.brand, line.is_reward) for line in self.lines)
        return (Line(self.sku, self.category, self.quantity, self.amount or 0),)


class LineImporter(Struct, frozen=True):
    """What is done with a line of each kind; asked for members only where an import brings some."""

    accounts: AccountsService
    operations: OperationsService
    members: Callable[[], MemberImports]

    def take(self, kind: ImportKind, values: Mapping[str, Any], source: str, actor: str) -> Imported:
        """Records one line, once.

        Raises:
            pydantic.ValidationError: a field is missing or unfit.
            RegularsError: it was refused; nothing was written.
        """
        if kind == "members":
            member = MemberLine.model_validate(values)
            brought = BringMember(source, member.reference, member.to_form(), member.accepted_at, actor, member.tier)
            return self.members().bring(brought)
        if kind == "opening_balances":
            return self._opening(OpeningBalanceLine.model_validate(values), source, actor)
        return self._purchase(PurchaseLine.model_validate(values), source, actor)

    def _opening(self, line: OpeningBalanceLine, source: str, actor: str) -> Imported:
        opening_id = derived_id("opn", "opening", source, line.reference)
        command = OpenBalance(opening_id, line.points, line.expires_on, source, line.reference, actor)
        recorded = self.operations.record(Fact(opening_id, _hash(line)), line.buyer(source), command)
        return recorded.answer.entry_id, recorded.is_replay

    def _purchase(self, line: PurchaseLine, source: str, actor: str) -> Imported:
        command = RecordPurchase(
            purchase_id=derived_id("pur", "purchase", source, line.reference),
            source=source,
            reference=line.reference,
            store_id=line.store_id,
            channel=line.channel,
            occurred_at=line.occurred_at,
            currency=line.currency,
            lines=line.to_lines(),
            actor=actor,
            may_import=True,
        )
        recorded = self.accounts.record_purchase(line.buyer(source), command, _hash(line))
        return recorded.answer.purchase_id, recorded.is_replay


def _hash(line: ImportLine) -> str:
    return input_hash(line.model_dump(mode="json"))
