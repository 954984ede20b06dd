"""The ledger is proved once a day."""
