"""One construct per capability: each states its retries, dead-letter queue and alarms, and grants rights by named actions."""
