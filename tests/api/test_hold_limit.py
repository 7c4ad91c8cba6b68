"""How many holds are let in at once, by a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from api.hold_limit import FIRST, FORGOTTEN_AFTER, LEAST, HoldLimit


@dataclass
class Load:
    """Holds that come as fast as they are let in, and all take as long."""

    now: float = 0.0
    limit: HoldLimit = field(init=False)

    def __post_init__(self) -> None:
        self.limit = HoldLimit(200, 2.0, lambda: self.now)

    def wave(self, wanted: int, seconds: float) -> int:
        """How many of these were let in; all of them are done `seconds` later."""
        with ExitStack() as under_way:
            while self.limit.under_way < wanted and not self.limit.is_full():
                under_way.enter_context(self.limit.one_more())
            let_in = self.limit.under_way
            self.now += seconds
        return let_in


@pytest.fixture
def load() -> Iterator[Load]:
    load = Load()
    yield load
    assert 0 == load.limit.under_way


def test_before_anything_is_known_some_are_let_in_and_soon_the_most_where_they_are_quick(load: Load) -> None:
    """A system that has just started meets everybody at once."""
    waves = [load.wave(300, 1.0) for _ in range(12)]
    assert (FIRST, 200) == (waves[0], waves[-1])


def test_slow_holds_let_in_as_many_as_take_the_target(load: Load) -> None:
    """A system that does 10 a second has 20 under way where each takes two seconds, whatever is asked for."""
    let_in = 100
    for _ in range(30):
        let_in = load.wave(100, max(let_in / 10, 0.1))
    assert 18 <= let_in <= 23


def test_never_fewer_than_a_few_are_let_in(load: Load) -> None:
    for _ in range(20):
        load.wave(50, 14.0)
    assert LEAST == load.limit.now


def test_more_are_let_in_again_when_holds_are_quick(load: Load) -> None:
    for _ in range(20):
        load.wave(50, 14.0)
    before = load.limit.now
    for _ in range(10):
        load.wave(50, 1.0)
    assert before + 8 <= load.limit.now <= 50


def test_the_limit_does_not_grow_beyond_what_was_tried(load: Load) -> None:
    for _ in range(20):
        load.wave(50, 14.0)
    for _ in range(50):
        load.wave(5, 1.0)
    assert load.limit.now <= 6


def test_one_slow_hold_changes_nothing(load: Load) -> None:
    load.wave(1, 14.0)
    assert FIRST == load.limit.now


def test_holds_that_never_end_are_noticed(load: Load) -> None:
    with ExitStack() as under_way:
        for _ in range(20):
            under_way.enter_context(load.limit.one_more())
        load.now += 5.0
        assert load.limit.is_full()
        assert load.limit.now < 20


def test_after_a_rest_all_is_as_in_the_beginning(load: Load) -> None:
    for _ in range(20):
        load.wave(50, 14.0)
    load.now += FORGOTTEN_AFTER
    assert FIRST == load.wave(300, 0.1)
