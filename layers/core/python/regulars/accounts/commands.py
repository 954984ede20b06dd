"""What can be asked of an account."""

from dataclasses import dataclass
from datetime import datetime

from regulars.accounts.model import Line


@dataclass(frozen=True, slots=True)
class RecordPurchase:
    """Record a purchase: points by the tier and rules of its time, spend into its month, an upgrade at the threshold.

    `may_import` is the right to record what is older than the late window.

    Raises (when applied):
        CurrencyNotAcceptedError, OccurredInFutureError, PurchaseTooOldError.
    """

    purchase_id: str
    source: str
    reference: str
    store_id: str
    channel: str
    occurred_at: datetime
    currency: str
    lines: tuple[Line, ...]
    actor: str
    may_import: bool = False


@dataclass(frozen=True, slots=True)
class Settle:
    """Bring the account to now: mature pending points, expire lots, note what expires soon."""

    actor: str = "job:settle_accounts"


type Command = RecordPurchase | Settle
