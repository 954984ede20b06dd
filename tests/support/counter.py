"""The accounts' desk with its other services on fakes: refunds, holds, gifts, what waits for a second person."""

from regulars.accounts.operations import OperationsService
from regulars.accounts.refunds import RefundsService
from regulars.accounts.service import Buyer
from regulars.kernel.retry import Patience
from tests.support.accounts import MEMBER, Desk, purchase

ME = Buyer(MEMBER)


class Counter(Desk):
    """The desk with its other services."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.numbers = 0
        self.operations = OperationsService(self.service, self.store, self.writer, lambda: self.now, self.next_id)
        self.refunds = RefundsService(self.service, self.store, self.writer, Patience(self.pauses.append, lambda: 0.5))

    def next_id(self, prefix: str) -> str:
        self.numbers += 1
        return f"{prefix}_{self.numbers}"

    def buy(self, amount: int = 100_00, reference: str = "r1") -> str:
        """Records a purchase and answers its id."""
        return self.service.record_purchase(ME, purchase(amount, reference=reference), "hash").answer.purchase_id

    @property
    def available(self) -> int:
        return self.service.standing(MEMBER).available
