"""The shared adapters."""
