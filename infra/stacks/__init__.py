"""Stacks compose constructs and hold nothing else."""
