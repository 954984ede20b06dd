"""Shared adapters: tables, HTTP, secrets, the bus and queues, observability. Contexts reach them through ports and `wiring`."""
