"""The tools that tests rely on, tested themselves."""
