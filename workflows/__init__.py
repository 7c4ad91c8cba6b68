"""Decisions, deterministic: what happens to a booking and when. All effects are activities."""
