"""How we stand with Temporal: the client, what is encrypted, what is searchable, what is scheduled."""
