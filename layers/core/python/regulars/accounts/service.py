"""The accounts' use cases: load, apply the pure core, commit once; no refusal is sent before the guard has been read."""

from dataclasses import dataclass
from datetime import datetime

from regulars.accounts.answers import PurchaseAnswer, purchase_answer
from regulars.accounts.commands import RecordPurchase
from regulars.accounts.errors import MemberNotActiveError, MemberNotFoundError
from regulars.accounts.ledger import Outcome
from regulars.accounts.model import Account, Entry, entry_version
from regulars.accounts.ports import GuardExistsError, LedgerStore, MemberRef, Members, Programmes
from regulars.accounts.progress import Standing, standing
from regulars.accounts.writer import LedgerWriter
from regulars.kernel.clock import Clock
from regulars.kernel.errors import InvalidCursorError, NotFoundError, RegularsError
from regulars.kernel.idempotency import Guard
from regulars.kernel.paging import Page, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought: exactly one of the three is set."""

    member_id: str | None = None
    card_number: str | None = None
    card_token: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to a purchase and whether it had been given before."""

    answer: PurchaseAnswer
    is_replay: bool


class AccountsService:
    """Everything that can be done with accounts."""

    def __init__(self, store: LedgerStore, writer: LedgerWriter, programmes: Programmes, members: Members, clock: Clock) -> None:
        self._store = store
        self._writer = writer
        self._programmes = programmes
        self._members = members
        self._clock = clock

    def record_purchase(self, buyer: Buyer, command: RecordPurchase, input_hash: str) -> Recorded:
        """Records a purchase once, however often it is sent (laws I1 to I7).

        Raises:
            IdempotencyMismatchError: the reference was used with other content.
            ConflictError: others kept changing the account; try again.
            RegularsError: a refusal of the core or of the buyer's identification; nothing was written.
        """
        try:
            return self._record(buyer, command, input_hash)
        except GuardExistsError as error:
            return _replay(error.guard, input_hash)
        except RegularsError:
            known = self._store.guard(command.purchase_id)
            if known is None:
                raise
            return _replay(known, input_hash)

    def _record(self, buyer: Buyer, command: RecordPurchase, input_hash: str) -> Recorded:
        def guard_of(outcome: Outcome) -> Guard:
            return Guard(command.purchase_id, input_hash, purchase_answer(outcome).to_text())

        outcome = self._writer.write(lambda: self._account_of(buyer), command, guard_of)
        if outcome is None:
            raise MemberNotFoundError
        return Recorded(purchase_answer(outcome), is_replay=False)

    def _identify(self, buyer: Buyer) -> MemberRef | str:
        if buyer.member_id:
            return buyer.member_id
        if buyer.card_number:
            return self._members().by_card_number(buyer.card_number)
        return self._members().by_card_token(buyer.card_token or "", self._clock())

    def _account_of(self, buyer: Buyer) -> Account:
        """The buyer's account, opened on the first purchase; only then are the members asked."""
        member = self._identify(buyer)
        member_id = member if isinstance(member, str) else member.member_id
        account = self._store.load(member_id)
        if account is not None:
            return account
        found = self._members().find(member_id) if isinstance(member, str) else member
        if found is None:
            raise MemberNotFoundError
        if not found.is_active:
            raise MemberNotActiveError
        return self._writer.open(member_id)

    def settle(self, member_id: str, actor: str) -> bool:
        """Brings an account to now and keeps that; answers whether anything was due.

        Raises:
            ConflictError: others kept changing the account.
        """
        return self._writer.settle(member_id, actor)

    def standing(self, member_id: str) -> Standing:
        """Balance, expiring points and tier with progress, right at this moment whether or not a job ran; one read (PTS-14, TIER-15)."""
        account = self._store.load(member_id) or self._writer.open(member_id)
        return standing(account, self._programmes(), self._clock())

    def require_member(self, member_id: str) -> None:
        """Makes sure a member of this id exists.

        Raises:
            NotFoundError: there is none.
        """
        if self._store.load(member_id) is None and self._members().find(member_id) is None:
            raise NotFoundError

    def entries(self, member_id: str, limit: int, cursor: str | None) -> Page[Entry]:
        """The statement, newest first; the pages together are the ledger, also while it grows (law V1).

        Raises:
            InvalidCursorError: the cursor is none of this list's.
        """
        before = _before(cursor)
        found, following = self._store.entries(member_id, limit=limit, before=before)
        return Page(tuple(found), encode_cursor({"before": str(following)}) if following is not None else None)

    def entry(self, member_id: str, entry_id: str) -> Entry:
        """One entry of a member.

        Raises:
            NotFoundError: none of this member's.
        """
        version = entry_version(member_id, entry_id)
        entry = self._store.entry(member_id, version) if version else None
        if entry is None:
            raise NotFoundError
        return entry

    def purchase(self, purchase_id: str) -> tuple[PurchaseAnswer, Entry]:
        """A recorded purchase: what was answered, and its entry.

        Raises:
            NotFoundError: none of this id was recorded.
        """
        guard = self._store.guard(purchase_id)
        if guard is None:
            raise NotFoundError
        answer = PurchaseAnswer.from_text(guard.answer)
        return answer, self.entry(answer.member_id, answer.entry_id)

    def now(self) -> datetime:
        """The present instant."""
        return self._clock()


def _replay(guard: Guard, input_hash: str) -> Recorded:
    return Recorded(PurchaseAnswer.from_text(guard.answer_for(input_hash)), is_replay=True)


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    before = decode_cursor(cursor).get("before", "")
    if not (before.isascii() and before.isdigit()):
        raise InvalidCursorError
    return int(before)
