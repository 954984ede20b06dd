"""Over HTTP against the running local stack."""
