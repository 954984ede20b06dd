"""The members' ports: each suite runs on what the tests use and on what is deployed."""
