"""Python's collector leaves what the program is made of alone, and still finds what nobody uses any more."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from api.collecting import NEW_OBJECTS, look_less_often


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class Circle:
    def __init__(self) -> None:
        self.itself = self


def test_what_is_there_at_the_start_is_left_alone() -> None:
    look_less_often()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] == NEW_OBJECTS


def test_circles_made_later_are_found_by_themselves() -> None:
    look_less_often()
    made = weakref.ref(Circle())
    kept: list[list[int]] = []
    while made() is not None and len(kept) < 3 * NEW_OBJECTS:
        kept.append([])
    assert made() is None
