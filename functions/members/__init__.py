"""The HTTP function of members and, for staff, of all of them."""
