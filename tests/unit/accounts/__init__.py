"""The accounts, without a table."""
