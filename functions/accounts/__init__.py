"""The accounts' HTTP function."""
