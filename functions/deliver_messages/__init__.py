"""Events become messages to people."""
