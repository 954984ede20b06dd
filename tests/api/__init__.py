"""The whole interface: every operation of every function."""
