"""Joining, log-in, profile, consents, card, through the handlers in process."""
