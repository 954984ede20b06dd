"""The service's routes, a file per side of the desk."""
