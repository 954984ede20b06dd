"""Regulars (熟客): a serverless membership and loyalty platform."""
