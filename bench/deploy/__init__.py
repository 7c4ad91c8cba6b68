"""A new release with one more step comes while bookings run: none may fail, and none may change its mind."""
