"""The function reference in process."""
