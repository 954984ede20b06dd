"""The accounts' functions in process."""
