"""The only place where the API talks to Temporal: each command is one message to one booking's workflow."""
