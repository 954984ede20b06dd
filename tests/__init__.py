"""The tests, by what they may reach; `python -m tests` runs them all."""
