"""Between the accounts' language and the wire's, a file a resource."""
