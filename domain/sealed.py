"""How a text looks that only the store can open."""

from __future__ import annotations

SEALED_TEXT = "sealed:1:"
"""How a sealed text begins, in a column or a message that may hold a readable one."""


def is_sealed(text: str) -> bool:
    """Whether it says that it is; only whoever opens it knows."""
    return text.startswith(SEALED_TEXT)
