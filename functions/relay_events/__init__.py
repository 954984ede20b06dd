"""Committed changes become events."""
