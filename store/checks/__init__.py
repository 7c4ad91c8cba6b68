"""Reads what is wrong in our own books: one statement a rule, each for a page of bookings at a time."""
