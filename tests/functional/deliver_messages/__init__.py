"""The function deliver_messages in process."""
