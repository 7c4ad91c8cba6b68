"""Every need is met whenever there is a way to meet them all."""

from __future__ import annotations

from itertools import product
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.matching import match

ROOMS = [UUID(int=n) for n in range(1, 6)]
NEEDS = st.lists(st.lists(st.sampled_from(ROOMS), unique=True, max_size=5), max_size=5)


def ways(needs: list[list[UUID]]) -> list[tuple[UUID, ...]]:
    """All of them, by trying everything."""
    return [way for way in product(*needs) if len(set(way)) == len(way)]


@given(NEEDS)
def test_a_way_is_found_if_there_is_one(needs: list[list[UUID]]) -> None:
    found = match(needs)
    assert found in ways(needs) if ways(needs) else isinstance(found, int)


@given(NEEDS)
def test_the_need_that_is_named_is_the_first_that_cannot_be_met_with_those_before_it(needs: list[list[UUID]]) -> None:
    found = match(needs)
    if isinstance(found, int):
        assert ways(needs[:found])
        assert [] == ways(needs[: found + 1])


def test_the_first_choice_is_taken_where_nothing_speaks_against_it() -> None:
    assert (ROOMS[2], ROOMS[0]) == match([[ROOMS[2], ROOMS[1]], [ROOMS[0]]])
