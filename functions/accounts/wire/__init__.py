"""The accounts' objects on the wire, a file a resource."""
