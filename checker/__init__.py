"""Reads PostgreSQL, Temporal and the vendors, and states what is wrong. It changes nothing."""
