"""The feedback's objects."""

from functools import cached_property
from typing import TYPE_CHECKING

from regulars.wiring.members import MembersWiring

if TYPE_CHECKING:
    from regulars.service.service import FeedbackService


class FeedbackWiring(MembersWiring):
    """What members say."""

    @cached_property
    def feedback(self) -> "FeedbackService":
        """What members say, and what was answered."""
        from regulars.service.dynamodb import DynamoFeedbackStore
        from regulars.service.service import FeedbackService

        store = DynamoFeedbackStore(self.table("service"))
        return FeedbackService(store, self.member_directory, self.clock, self.new_id, self.patience)
