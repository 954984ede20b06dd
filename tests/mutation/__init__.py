"""Mutants of the account core, and whether tests and a short simulation notice them."""
