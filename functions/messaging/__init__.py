"""The communication record's HTTP function."""
