"""Handlers in process: event in, response and items out."""
