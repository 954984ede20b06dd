"""The function relay_events in process."""
