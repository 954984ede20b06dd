"""The feedback's objects."""

from functools import cached_property
from typing import TYPE_CHECKING

from regulars.wiring.accounts import AccountsWiring

if TYPE_CHECKING:
    from regulars.program.model import Tier
    from regulars.service.service import FeedbackService


class FeedbackWiring(AccountsWiring):
    """What members say."""

    @cached_property
    def feedback(self) -> "FeedbackService":
        """What members say, and what was answered."""
        from regulars.service.dynamodb import DynamoFeedbackStore
        from regulars.service.service import FeedbackService

        store = DynamoFeedbackStore(self.table("service"))
        return FeedbackService(store, self.member_directory, self._tier_of, self.clock, self.new_id, self.patience)

    def _tier_of(self, member_id: str) -> "Tier":
        """The accounts know: they settle to now before they answer, and open an account in memory for who has none."""
        return self.accounts.standing(member_id).tier
