"""Recipients from the members' contact book; contacts are in clear here and in the senders, nowhere else."""

from regulars.members.contact_book import ContactBook, Correspondent
from regulars.messaging.model import Address, Recipient

_REGISTRATION = "reg_"


class ContactBookRecipients:
    """Finds members and applicants in the contact book."""

    def __init__(self, book: ContactBook) -> None:
        self._book = book

    def find(self, recipient_id: str) -> Recipient | None:
        """The recipient of a `mem_…` or `reg_…` id; `None` when there is nobody to tell any more.

        Raises:
            UnavailableError: the key service does not answer.
        """
        is_applicant = recipient_id.startswith(_REGISTRATION)
        found = self._book.for_registration(recipient_id) if is_applicant else self._book.for_member(recipient_id)
        return _recipient(recipient_id, found) if found else None


def _recipient(recipient_id: str, found: Correspondent) -> Recipient:
    addresses = tuple(Address(channel, address) for channel, address in found.addresses)
    return Recipient(recipient_id, found.language, addresses, found.rejection_reason or "")
