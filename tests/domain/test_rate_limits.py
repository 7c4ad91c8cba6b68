"""What buckets add up to, however many processes give from one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rate_limits import Bucket, Limit, Rate, rate_in, standing_of

rates = st.builds(Rate, st.integers(1, 200), st.integers(1, 600))
pauses = st.floats(0, 30, allow_nan=False)


class Table:
    """One row of the store: when the bucket is full again."""

    def __init__(self) -> None:
        self.full_at = 0.0

    def spend(self, seconds: float, now: float) -> float:
        self.full_at = max(self.full_at, now) + seconds
        return self.full_at - now


def ask(bucket: Bucket, table: Table, now: float) -> bool:
    """As a process does."""
    if bucket.must_tell and bucket.has_one(now):
        tell(bucket, table, now)
    return bucket.take(now)


def tell(bucket: Bucket, table: Table, now: float) -> None:
    told = bucket.spent
    bucket.heard(told, table.spend(told * bucket.rate.each, now), now)


@given(rates, st.integers(1, 4), st.lists(st.tuples(st.integers(0, 3), pauses, st.booleans()), max_size=80))
def test_all_together_never_get_more_than_the_bucket_and_what_each_may_give_unasked(
    rate: Rate, processes: int, asked: list[tuple[int, float, bool]]
) -> None:
    table, now = Table(), 0.0
    buckets = [Bucket(rate, now) for _ in range(processes)]
    granted: list[float] = []
    for who, pause, tells in asked:
        now += pause * rate.each  # from a flood to nearly idle
        bucket = buckets[who % processes]
        if ask(bucket, table, now):
            granted.append(now)
        if tells:
            tell(bucket, table, now)
    for first, since in enumerate(granted):
        for last in range(first, len(granted)):
            most = rate.most + (granted[last] - since) / rate.each + processes * rate.unasked
            assert last - first + 1 <= most + 1e-6


@given(rates, st.integers(1, 4), st.lists(st.integers(0, 3), max_size=100))
def test_whoever_keeps_within_the_rate_is_never_refused(rate: Rate, processes: int, whose: list[int]) -> None:
    table, now = Table(), 0.0
    buckets = [Bucket(rate, now) for _ in range(processes)]
    for who in whose:
        bucket = buckets[who % processes]
        assert ask(bucket, table, now)
        tell(bucket, table, now)
        now += rate.each


@given(rates)
def test_one_process_gives_exactly_what_is_there(rate: Rate) -> None:
    table, bucket = Table(), Bucket(rate, 0.0)
    assert [True] * rate.most + [False] == [ask(bucket, table, 0.0) for _ in range(rate.most + 1)]


@given(rates, st.integers(0, 600))
def test_whoever_is_refused_is_told_when_there_is_one_and_no_second_too_late(rate: Rate, spent: int) -> None:
    bucket = Bucket(rate, 0.0)
    for _ in range(spent):
        bucket.take(0.0)
    refused = not bucket.take(0.0)
    told = bucket.standing(Limit.ADDRESS, 0.0, is_refused=refused)
    assert refused == (spent >= rate.most)
    assert refused <= (told.left == 0)
    if refused:
        assert not bucket.has_one(told.again_in + 1e-6)  # nothing was told yet, so nothing comes back
        bucket.heard(bucket.spent, bucket.spent * rate.each, 0.0)
        assert bucket.has_one(told.again_in + 1e-6)
        assert told.again_in == 1 or not bucket.has_one(told.again_in - 1.001)


@given(rates, st.floats(0, 3, allow_nan=False))
def test_what_is_told_to_be_left_is_there(rate: Rate, part: float) -> None:
    owed = part * rate.seconds
    standing = standing_of(Limit.ADDRESS, rate, owed)
    bucket = Bucket(rate, 0.0, owed)
    assert all(bucket.take(0.0) for _ in range(standing.left))
    assert not bucket.take(0.0)


def test_where_nobody_can_be_told_each_counts_for_itself() -> None:
    bucket = Bucket(Rate(10, 100), 0.0)
    given_out = 0
    for _ in range(30):
        if bucket.must_tell:
            bucket.unheard(bucket.spent, 0.0)
        given_out += bucket.take(0.0)
    assert 10 == given_out
    assert bucket.take(10.0)


@pytest.mark.parametrize(("text", "rate"), [("3000/60", Rate(3000, 60)), (" 1 / 1 ", Rate(1, 1)), ("off", None), ("OFF", None)])
def test_a_rate_is_read(text: str, rate: Rate | None) -> None:
    assert rate == rate_in(text)


@pytest.mark.parametrize("text", ["", "60", "0/60", "60/0", "-1/60", "1.5/60", "a/b", "10/60/2", "1e3/60", "none"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="/"):
        rate_in(text)
