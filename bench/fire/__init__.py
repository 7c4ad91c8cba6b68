"""Customers who do anything in any order while the system's parts die and its vendors fail."""
