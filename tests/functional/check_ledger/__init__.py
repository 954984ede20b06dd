"""The check of the ledger by its queue."""
