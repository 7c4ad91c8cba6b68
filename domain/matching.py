"""Gives each of several needs one of those that would do, and none of them twice."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID


def match(choices: Sequence[Sequence[UUID]]) -> tuple[UUID, ...] | int:
    """One choice for each need, the first ones where that is possible; or the first need that is left without.

    A need gives its choice up to another as long as it finds a new one (augmenting paths: Kuhn, 1955), so that two needs of
    which one could take either room do not fail for their order.
    """
    used: dict[UUID, int] = {}

    def place(need: int, tried: set[UUID]) -> bool:
        for choice in choices[need]:
            if choice in tried:
                continue
            tried.add(choice)
            if choice not in used or place(used[choice], tried):
                used[choice] = need
                return True
        return False

    for need in range(len(choices)):
        if not place(need, set()):
            return need
    return tuple(sorted(used, key=lambda choice: used[choice]))
