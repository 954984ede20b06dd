"""The books: what entries come to by day and tier, and the check that ledger, accounts and books agree."""
