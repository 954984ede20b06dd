"""One construct per capability. Each states its own retries, dead-letter queue and alarms, and grants rights by named actions."""
