"""The messaging context by itself."""
