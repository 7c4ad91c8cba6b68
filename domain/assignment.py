"""Who gets a booking for which any provider will do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from domain.diary import Diary

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Assignment(StrEnum):
    """How a service chooses among those who are free."""

    LEAST_BUSY = "least_busy"
    ROUND_ROBIN = "round_robin"
    PRIORITY = "priority"


def in_turn(assignment: Assignment, diaries: Sequence[Diary], starts_at: datetime) -> list[Diary]:
    """The diaries in the order in which they are asked; the first that is free gets the booking.

    Least busy: by how many claims they have on that day. Round robin: by how long ago they were last given a booking of
    this service, never first. Priority: the highest first. Equals go by how long ago, then by id, so that nobody is forgotten.
    """

    def rank(diary: Diary) -> tuple[object, ...]:
        waited = (diary.last_assigned_at or LONG_AGO, diary.provider_id)
        match assignment:
            case Assignment.LEAST_BUSY:
                return claims_that_day(diary, starts_at), *waited
            case Assignment.ROUND_ROBIN:
                return waited
            case Assignment.PRIORITY:
                return -diary.priority, *waited

    return sorted(diaries, key=rank)


def reason(assignment: Assignment, diary: Diary, starts_at: datetime) -> str:
    """Why this provider, for the timeline: a code and what it was decided by."""
    match assignment:
        case Assignment.LEAST_BUSY:
            return f"least-busy:{claims_that_day(diary, starts_at)} that day"
        case Assignment.ROUND_ROBIN:
            return f"round-robin:last {diary.last_assigned_at.isoformat() if diary.last_assigned_at else 'never'}"
        case Assignment.PRIORITY:
            return f"priority:{diary.priority}"


def claims_that_day(diary: Diary, at: datetime) -> int:
    """How many claims begin on that day, in the provider's zone."""
    day = at.astimezone(diary.hours.zone).date()
    return sum(claim.starts_at.astimezone(diary.hours.zone).date() == day for claim in diary.claims)
