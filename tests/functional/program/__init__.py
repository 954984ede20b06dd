"""The programme's HTTP function."""
