"""The accounts' routes, a file a resource."""
