"""What bookings, slots and money are, in plain Python: no framework, no input or output."""
