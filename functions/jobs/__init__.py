"""The jobs' HTTP function."""
