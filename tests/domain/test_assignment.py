"""Who gets a booking for which any provider will do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.assignment import Assignment, in_turn, reason
from domain.diary import Claim, Diary
from domain.hours import Hours
from domain.slots import Slot, check
from tests.domain.test_slots import BERLIN, HAIRCUT, MONDAY, NINE_TO_TWELVE, NOW, at, claim

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def people(count: int) -> list[Diary]:
    every_day = dict.fromkeys(range(7), (NINE_TO_TWELVE,))
    return [Diary(UUID(int=100 + n), Hours.of_week(BERLIN, every_day)) for n in range(count)]


def given_to(diary: Diary, starts_at: datetime, turn: int) -> Diary:
    """Their diary after that booking."""
    taken = Claim(HAIRCUT.id, starts_at, starts_at, starts_at + HOUR, 1, 1)
    claims = sorted([*diary.claims, taken], key=lambda each: each.starts_at)
    return replace(diary, claims=claims, last_assigned_at=NOW + timedelta(seconds=turn))


def assign(how: Assignment, diaries: list[Diary], starts_at: datetime, turn: int) -> int | None:
    """Gives the booking to the first who is free, and says to whom."""
    for diary in in_turn(how, diaries, starts_at):
        if isinstance(check(HAIRCUT, diary, starts_at, 1, NOW), Slot):
            n = diaries.index(diary)
            diaries[n] = given_to(diary, starts_at, turn)
            return n
    return None


@given(st.integers(1, 6), st.integers(1, 40))
def test_round_robin_differs_by_at_most_one_when_all_are_free(count: int, bookings: int) -> None:
    """C45."""
    diaries, given = people(count), Counter[int]()
    for turn in range(bookings):
        chosen = assign(Assignment.ROUND_ROBIN, diaries, at("09:00", MONDAY + turn * DAY), turn)
        assert chosen is not None
        given[chosen] += 1
        assert max(given.values()) - min(given[n] for n in range(count)) <= 1


@given(st.integers(2, 5), st.lists(st.tuples(st.integers(0, 6), st.integers(9, 11)), max_size=40))
def test_the_least_busy_differ_by_at_most_one_on_a_day_whoever_is_free(count: int, wanted: list[tuple[int, int]]) -> None:
    """C45: no booking goes to someone with more that day while another who is free has less."""
    diaries = people(count)
    for turn, (day, hour) in enumerate(wanted):
        start = at(f"{hour:02}:00", MONDAY + day * DAY)
        free = [n for n, diary in enumerate(diaries) if isinstance(check(HAIRCUT, diary, start, 1, NOW), Slot)]
        load = [sum(each.starts_at.date() == start.date() for each in diary.claims) for diary in diaries]
        chosen = assign(Assignment.LEAST_BUSY, diaries, start, turn)
        assert (chosen is None) == (not free)
        assert chosen is None or load[chosen] == min(load[n] for n in free)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=6))
def test_the_highest_priority_comes_first_and_equals_take_turns(priorities: list[int]) -> None:
    """C45: routing is not ignored."""
    diaries = [replace(diary, priority=priority) for diary, priority in zip(people(len(priorities)), priorities, strict=True)]
    ordered = in_turn(Assignment.PRIORITY, diaries, at("09:00"))
    assert sorted(priorities, reverse=True) == [diary.priority for diary in ordered]
    best = [n for n, priority in enumerate(priorities) if priority == max(priorities)]
    turns = [assign(Assignment.PRIORITY, diaries, at("09:00", MONDAY + turn * DAY), turn) for turn in range(2 * len(best))]
    assert best * 2 == turns


def test_who_was_skipped_is_the_next() -> None:
    first, second, third = people(3)
    first = replace(first, claims=[claim("09:00", "10:00")])
    diaries = [first, second, third]
    turns = [
        assign(Assignment.ROUND_ROBIN, diaries, start, turn) for turn, start in enumerate([at("09:00"), at("10:00"), at("11:00")])
    ]
    assert [1, 0, 2] == turns


def test_nobody_is_asked_twice_and_nobody_forgotten() -> None:
    diaries = people(4)
    for how in Assignment:
        assert sorted(diary.provider_id for diary in diaries) == sorted(
            diary.provider_id for diary in in_turn(how, diaries, at("09:00"))
        )


def test_the_reason_says_what_decided() -> None:
    (diary,) = people(1)
    assert "round-robin:last never" == reason(Assignment.ROUND_ROBIN, diary, at("09:00"))
    busy = given_to(replace(diary, priority=7), at("09:00"), 0)
    assert f"round-robin:last {NOW.isoformat()}" == reason(Assignment.ROUND_ROBIN, busy, at("10:00"))
    assert "least-busy:1 that day" == reason(Assignment.LEAST_BUSY, busy, at("10:00"))
    assert "least-busy:0 that day" == reason(Assignment.LEAST_BUSY, busy, at("10:00", MONDAY + DAY))
    assert "priority:7" == reason(Assignment.PRIORITY, busy, at("10:00"))


def test_a_day_is_the_provider_s_own() -> None:
    """23:30 in Berlin is the same evening there, although it is the next day further east."""
    (diary,) = people(1)
    busy = replace(diary, claims=[claim("23:30", "23:45")])
    assert "least-busy:1 that day" == reason(Assignment.LEAST_BUSY, busy, at("09:00"))
