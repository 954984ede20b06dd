"""The messages' objects."""

from functools import cached_property
from typing import TYPE_CHECKING

from regulars.wiring.members import MembersWiring

if TYPE_CHECKING:
    from regulars.messaging.dynamodb import DynamoMessageStore
    from regulars.messaging.mailbox import Mailbox
    from regulars.messaging.model import CodeRef
    from regulars.messaging.ports import Sender
    from regulars.messaging.reading import MessageReader
    from regulars.messaging.recipients import ContactBookRecipients
    from regulars.messaging.service import DeliveryService
    from regulars.messaging.sqs import DeliveryQueue


class MessagingWiring(MembersWiring):
    """Delivery, the communication record and the local mailbox."""

    @cached_property
    def message_store(self) -> "DynamoMessageStore":
        """Claims and the communication record."""
        from regulars.messaging.dynamodb import DynamoMessageStore

        return DynamoMessageStore(self.table("messaging"), keeps_outbox=self.settings.is_local)

    @cached_property
    def recipients(self) -> "ContactBookRecipients":
        """How people are reached."""
        from regulars.messaging.recipients import ContactBookRecipients

        return ContactBookRecipients(self.contact_book)

    @cached_property
    def deliveries(self) -> "DeliveryService":
        """Tells people what concerns them, by e-mail and SMS."""
        from regulars.members.model import MessageChannel
        from regulars.messaging.rendering import JinjaRenderer
        from regulars.messaging.service import DeliveryService
        from regulars.messaging.ses import SesSender
        from regulars.messaging.sns import SnsSender

        senders: dict[MessageChannel, Sender] = {
            MessageChannel.EMAIL: SesSender(self.client("sesv2"), self.settings["SENDER_EMAIL"]),
            MessageChannel.SMS: SnsSender(self.client("sns")),
        }
        return DeliveryService(
            self.message_store, self.recipients, JinjaRenderer(), senders, self._message_code, self.program.history, self.clock, self.new_id
        )

    @cached_property
    def delivery_queue(self) -> "DeliveryQueue":
        """The queue that deliveries come from."""
        from regulars.messaging.sqs import DeliveryQueue

        return DeliveryQueue(self.client("sqs"), self.settings["DELIVER_QUEUE_URL"])

    @cached_property
    def message_reader(self) -> "MessageReader":
        """What people were sent."""
        from regulars.messaging.reading import MessageReader
        from regulars.messaging.rendering import JinjaRenderer

        return MessageReader(self.message_store, JinjaRenderer(), self.member_directory)

    @cached_property
    def mailbox(self) -> "Mailbox":
        """Every message with its address and code; stage `local` alone."""
        from regulars.messaging.mailbox import Mailbox
        from regulars.messaging.rendering import JinjaRenderer

        return Mailbox(self.message_store, self.recipients, JinjaRenderer(), self._message_code, is_local=self.settings.is_local)

    def _message_code(self, code: "CodeRef") -> str:
        from regulars.members.codes import verification_code

        return verification_code(self.keys, code.subject_id, code.attempt)
