"""The service's HTTP function."""
