"""The function service in process."""
