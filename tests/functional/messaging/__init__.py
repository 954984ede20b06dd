"""The function messaging in process."""
