"""What every context shares."""
