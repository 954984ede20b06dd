"""Committed entries become figures of the books."""
