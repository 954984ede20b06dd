"""The jobs' HTTP function and its workers."""
