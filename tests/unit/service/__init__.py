"""The service context by itself."""
