"""The programme's routes, a file per resource."""
