"""Counting what the books missed."""
