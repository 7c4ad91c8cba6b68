"""How often Python looks for unused objects that refer to each other."""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
"""So many more, some ten megabytes at most, before it looks among the new ones; Python's own 700 are fewer than a crowd's."""


def look_less_often() -> None:
    """Leaves out whatever the started program is made of, and looks when there are many new objects rather than some.

    Everything that a thousand open requests consist of is in use; looked through again and again it took a quarter of the CPU.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 10, 10)
