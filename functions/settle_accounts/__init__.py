"""The nightly settlement's worker."""
