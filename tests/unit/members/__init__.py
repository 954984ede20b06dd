"""The members' rules, pure."""
