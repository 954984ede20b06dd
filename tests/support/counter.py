"""The accounts' desk with its other services on fakes: refunds, holds, gifts, what waits for a second person."""

from regulars.accounts.approving import ApprovalsService
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
        self.operations = OperationsService(self.service, self.store, self.writer)
        self.approvals = ApprovalsService(
            self.operations, self.service, self.store, self.writer, clock=lambda: self.now, new_id=self.next_id
        )
        self.refunds = RefundsService(self.service, self.store, self.writer, Patience(self.pauses.append, lambda: 0.5))

    def buy(self, amount: int = 100_00, reference: str = "r1") -> str:
        """Records a purchase and answers its id."""
        return self.service.record_purchase(ME, purchase(amount, reference=reference), "hash").answer.purchase_id

    @property
    def available(self) -> int:
        return self.service.standing(MEMBER).available
