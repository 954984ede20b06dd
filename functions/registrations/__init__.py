"""The public HTTP function: joining, log-in, forgotten passwords."""
