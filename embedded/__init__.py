"""PostgreSQL and Temporal from wheels, and the processes of `slotkeeper up`."""
