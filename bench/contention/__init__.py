"""Many who want the same slot in the same instant."""
