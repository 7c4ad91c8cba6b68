"""What the business's own staff may set aside, and what nobody may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.diary import Block, Diary, Limit
from domain.rules import BY_STAFF, Rule
from domain.services import Service
from domain.slots import Removed, Slot, check_for_staff
from tests.domain.test_slots import BERLIN, HAIRCUT, MONDAY, NOW, at, claim, diary

DAY = timedelta(days=1)
BUSY = Block(at("10:30"), at("11:00"), Rule.BUSY, "calendar:Google:1")
AWAY = Block(at("00:00"), at("23:00"), Rule.TIME_OFF, "time_off:1")
FULL = Limit(1, 1, BERLIN, [at("09:00")], "provider")


def broken(service: Service, book: Diary, starts_at: datetime, now: datetime = NOW) -> list[str]:
    found, against = check_for_staff(service, book, starts_at, 1, now)
    assert isinstance(found, Slot), found
    return [removed.rule.value for removed in against]


@pytest.mark.parametrize(
    ("service", "book", "starts_at", "expected"),
    [
        (HAIRCUT, diary(), at("09:00"), []),
        (HAIRCUT, diary(), at("09:15"), ["off-grid"]),
        (HAIRCUT, diary(), at("11:30"), ["outside-hours"]),
        (HAIRCUT, diary(), at("20:00"), ["outside-hours"]),
        (HAIRCUT, diary(), at("09:00", MONDAY + DAY), ["closed"]),
        (replace(HAIRCUT, min_notice=30 * DAY), diary(), at("09:00"), ["too-soon"]),
        (replace(HAIRCUT, max_advance=DAY), diary(), at("09:00"), ["too-far"]),
        (HAIRCUT, replace(diary(), blocks=[BUSY]), at("10:00"), ["busy"]),
        (HAIRCUT, replace(diary(), blocks=[AWAY, BUSY]), at("10:00"), ["time-off", "busy"]),
        (HAIRCUT, replace(diary(), unknown=["Google"]), at("09:00"), ["availability-unknown"]),
        (HAIRCUT, replace(diary(), limits=[FULL]), at("10:00"), ["day-limit"]),
        (HAIRCUT, replace(diary(), limits=[FULL]), at("10:00", MONDAY + DAY), ["closed", "week-limit"]),
    ],
)
def test_a_rule_of_the_business_is_set_aside_and_named(
    service: Service, book: Diary, starts_at: datetime, expected: list[str]
) -> None:
    """C43."""
    assert expected == broken(service, book, starts_at)
    assert {Rule(rule) for rule in expected} <= BY_STAFF


@pytest.mark.parametrize("minutes", [-59, -30, 0, 30, 59])
def test_another_booking_is_never_set_aside(minutes: int) -> None:
    """C43."""
    found, _ = check_for_staff(HAIRCUT, diary(claim("10:00", "11:00")), at("10:00") + timedelta(minutes=minutes), 1, NOW)
    assert isinstance(found, Removed) and Rule.TAKEN is found.rule


def test_the_buffers_of_another_booking_are_kept_too() -> None:
    found, _ = check_for_staff(HAIRCUT, diary(claim("10:00", "10:30", buffer=30)), at("10:45"), 1, NOW)
    assert isinstance(found, Removed) and Rule.TAKEN is found.rule


def test_the_past_is_not_set_aside() -> None:
    found, _ = check_for_staff(HAIRCUT, diary(), NOW - timedelta(minutes=1), 1, NOW)
    assert isinstance(found, Removed) and Rule.IN_THE_PAST is found.rule


def test_seats_that_are_not_there_cannot_be_had() -> None:
    course = replace(HAIRCUT, capacity=3)
    running = diary(claim("10:00", "11:00", capacity=3, seats=2, service=course.id))
    assert isinstance(check_for_staff(course, running, at("10:00"), 1, NOW)[0], Slot)
    found, _ = check_for_staff(course, running, at("10:00"), 2, NOW)
    assert isinstance(found, Removed) and Rule.NO_SEATS_LEFT is found.rule


def test_joining_a_session_breaks_no_limit() -> None:
    course = replace(HAIRCUT, capacity=3)
    running = diary(claim("10:00", "11:00", capacity=3, seats=1, service=course.id))
    assert [] == broken(course, replace(running, limits=[Limit(1, None, BERLIN, [at("10:00")], "provider")]), at("10:00"))


def test_each_broken_rule_names_its_source() -> None:
    closed = replace(diary(overrides={MONDAY: []}), unknown=["Google"])
    _, against = check_for_staff(HAIRCUT, closed, at("09:00"), 1, NOW)
    assert [f"availability:{date(2027, 3, 8)}", "calendar:Google"] == [removed.source for removed in against]
