"""The accounts' use cases around purchases and refunds, and what can be read; no refusal is sent before the guard has been read."""

from collections.abc import Callable
from copy import replace
from datetime import date, datetime
from functools import partial

from msgspec import Struct

from regulars.accounts.answers import PurchaseAnswer, purchase_answer
from regulars.accounts.approvals import Approval, ApprovalKind
from regulars.accounts.commands import RecordPurchase, RefundState
from regulars.accounts.entries import Entry, entry_version
from regulars.accounts.errors import MemberNotActiveError, MemberNotFoundError
from regulars.accounts.model import Account
from regulars.accounts.ports import GuardExistsError, LedgerStore, MemberRef, Members, Programmes
from regulars.accounts.progress import Standing, standing
from regulars.accounts.segments import Segments
from regulars.accounts.waiting import Waiting
from regulars.accounts.writer import LedgerWriter, Outcomes
from regulars.kernel.clock import Clock, instant_text, start_of_day
from regulars.kernel.errors import InvalidCursorError, NotFoundError, RegularsError
from regulars.kernel.idempotency import Guard
from regulars.kernel.ids import IdFactory
from regulars.kernel.paging import PAGE_SIZE_MAX, Page, decode_cursor, encode_cursor

_HISTORY_PAGES_MAX = 20
"""How many pages of the ledger one call looks through for changes of tier."""


class Buyer(Struct, frozen=True):
    """Who bought: exactly one of the three is set."""

    member_id: str | None = None
    card_number: str | None = None
    card_token: str | None = None


class Recorded[Answer](Struct, frozen=True):
    """The answer to a fact and whether it had been given before."""

    answer: Answer
    is_replay: bool


class AccountsService:
    """Purchases, and everything that is read of accounts."""

    def __init__(
        self, store: LedgerStore, writer: LedgerWriter, programmes: Programmes, members: Members, clock: Clock, *, new_id: IdFactory
    ) -> None:
        self._store = store
        self._writer = writer
        self._programmes = programmes
        self._members = members
        self._clock = clock
        self._new_id = new_id

    def record_purchase(self, buyer: Buyer, command: RecordPurchase, input_hash: str) -> Recorded[PurchaseAnswer]:
        """Records a purchase once, however often it is sent (laws I1 to I7), with the refunds that came before it (law F4).

        Raises:
            IdempotencyMismatchError: the reference was used with other content.
            ConflictError: others kept changing the account; try again.
            RegularsError: a refusal of the core or of the buyer's identification; nothing was written.
        """
        return self.once(
            command.purchase_id,
            input_hash,
            PurchaseAnswer.from_text,
            lambda waiting: purchase_answer(self._record(buyer, command, input_hash, waiting)[0]),
        )

    def once[Answer](
        self, key: str, input_hash: str, read: Callable[[str], Answer], record: Callable[[Guard | None], Answer]
    ) -> Recorded[Answer]:
        """Records a fact by `record` unless its guard has the answer; `record` is told what waits in its place, if anything.

        Raises: as `record_purchase`.
        """
        waiting: Guard | None = None
        while True:
            try:
                return Recorded(record(waiting), is_replay=False)
            except GuardExistsError as error:
                known: Guard | None = error.guard
            except RegularsError:
                known = self._store.guard(key)
                if known is None or known == waiting:
                    raise
            if known and not known.is_waiting:
                return Recorded(read(known.answer_for(input_hash)), is_replay=True)
            waiting = known

    def _record(self, buyer: Buyer, command: RecordPurchase, input_hash: str, waiting: Guard | None) -> Outcomes:
        def guard_of(outcomes: Outcomes) -> Guard:
            return Guard(command.purchase_id, input_hash, purchase_answer(outcomes[0]).to_text())

        known = self._informed(buyer, command)
        following, opened = Waiting.of(waiting).following, partial(self._case_opened, known)
        return self._writer.write(
            lambda: self._account_of(buyer), known, guard_of, following=following, replaced=waiting, approval_of=opened
        )

    def _case_opened(self, command: RecordPurchase, outcomes: Outcomes) -> Approval | None:
        """The request to look at the points that a purchase gave, where a case opens with it (PTS-23)."""
        entry = outcomes[0].entry
        if entry is None or command.case_id is None or entry.detail.get("case_id") != command.case_id:
            return None
        zone_name = self._programmes().at(entry.recorded_at).programme.time_zone
        releases_at = start_of_day(date.fromisoformat(str(entry.detail["releases_on"])), zone_name)
        facts: dict[str, str | int] = {
            "purchase_id": command.purchase_id,
            "limit": entry.detail["limit"],
            "points": entry.purchase.points if entry.purchase else 0,
            "releases_at": instant_text(releases_at),
        }
        return Approval(command.case_id, ApprovalKind.ABUSE_CASE, entry.member_id, facts, command.actor, entry.recorded_at)

    def _informed(self, buyer: Buyer, command: RecordPurchase) -> RecordPurchase:
        """The command with what rules look at, and no more: month of birth, segments, an id where a case may open."""
        if any(version.programme.abuse_limits.are_set for version in self._programmes().versions):
            command = replace(command, case_id=self._new_id("apr"))
        rules = self._programmes().at(command.occurred_at).programme.earning.rules
        if any(rule.when.needs_member for rule in rules):
            command = replace(command, birth_month=self._members().birth_month(self.member_of(buyer)))
        if any(rule.when.segments for rule in rules):
            command = replace(command, segments=frozenset(self._store.segments(self.member_of(buyer)).codes))
        return command

    def preview_purchase(self, buyer: Buyer, command: RecordPurchase, input_hash: str) -> PurchaseAnswer:
        """What a purchase would come to now, or what it came to if it is recorded; nothing is written. Raises: as `record_purchase`."""
        known = self._store.guard(command.purchase_id)
        if known and not known.is_waiting:
            return PurchaseAnswer.from_text(known.answer_for(input_hash))
        return purchase_answer(self._writer.preview(lambda: self._account_of(buyer), self._informed(buyer, command)))

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
        return self._writer.open(member_id, found)

    def account_of(self, buyer: Buyer) -> Account:
        """The account of a member or the holder of a card; a new one for a member nothing was recorded for.

        Raises:
            MemberNotFoundError, MemberNotActiveError, or that the card is none of ours.
        """
        return self._account_of(buyer)

    def member_of(self, buyer: Buyer) -> str:
        """The id of a member or of the holder of a card. Raises: RegularsError, that the card is none of ours."""
        member = self._identify(buyer)
        return member if isinstance(member, str) else member.member_id

    def segments(self, member_id: str) -> Segments:
        """A member's segments."""
        return self._store.segments(member_id)

    def set_segments(self, member_id: str, codes: tuple[str, ...], actor: str) -> Segments:
        """Replaces a member's segments; earning rules look at them from the next purchase on."""
        segments = Segments(member_id, tuple(sorted(set(codes))), actor, self._clock())
        self._store.keep_segments(segments)
        return segments

    def settle(self, member_id: str, actor: str) -> bool:
        """Brings an account to now and keeps that; answers whether anything was due.

        Raises:
            ConflictError: others kept changing the account.
        """
        return self._writer.settle(member_id, actor)

    def standing(self, member_id: str) -> Standing:
        """Balance, expiring points and tier with progress, right at this moment whether or not a job ran (PTS-14, TIER-15).

        One read where there is an account; before that, one more of the member's tier at the start (TIER-14).
        """
        account = self._store.load(member_id) or self._writer.open(member_id, self._members().find(member_id))
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

    def purchase(self, purchase_id: str) -> tuple[PurchaseAnswer, Entry, RefundState]:
        """A recorded purchase: what was answered, its entry, and what was refunded of it.

        Raises:
            NotFoundError: none of this id was recorded.
        """
        guard = self._store.guard(purchase_id) if purchase_id.startswith("pur_") else None
        if guard is None or guard.is_waiting:
            raise NotFoundError
        answer = PurchaseAnswer.from_text(guard.answer)
        refunds = self._store.refunds(purchase_id) or RefundState(purchase_id)
        return answer, self.entry(answer.member_id, answer.entry_id), refunds

    def tier_history(self, member_id: str, limit: int, cursor: str | None) -> Page[Entry]:
        """The entries that changed or evaluated the tier, newest first, out of the whole ledger (TIER-16).

        A call reads a bounded part of the ledger: a page may hold fewer than `limit` although more follow.

        Raises:
            InvalidCursorError: the cursor is none of this list's.
        """
        before, found = _before(cursor), list[Entry]()
        for _ in range(_HISTORY_PAGES_MAX):
            entries, before = self._store.entries(member_id, limit=PAGE_SIZE_MAX, before=before)
            found += [entry for entry in entries if entry.tier_changes or entry.evaluations]
            if before is None or len(found) >= limit:
                break
        if len(found) > limit:
            before = found[limit - 1].version
        return Page(tuple(found[:limit]), encode_cursor({"before": str(before)}) if before is not None else None)

    def now(self) -> datetime:
        """The present instant."""
        return self._clock()


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    before = decode_cursor(cursor).get("before", "")
    if not (before.isascii() and before.isdigit()):
        raise InvalidCursorError
    return int(before)
