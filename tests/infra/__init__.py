"""The synthesised template: rights, retries, dead-letter queues, retention and the rules of the house."""
