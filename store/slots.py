"""Everything that decides which slots are free, read in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from domain.bookings import OnCalendarFailure
from domain.hours import Hours, Interval
from domain.services import Service
from domain.slots import Claim, Diary
from store.pool import Database
from store.services import COLUMNS, service_in

READ = f"""
WITH s AS (
    SELECT {COLUMNS}, b.timezone AS business_timezone, b.on_calendar_failure, clock_timestamp() AS now
    FROM services s JOIN businesses b ON b.business_id = s.business_id
    WHERE s.id = $1
    LIMIT 1
), given AS (
    -- who gives this service: all, or the one asked for
    SELECT p.business_id, p.id, p.timezone
    FROM s
    JOIN provider_services g ON g.business_id = s.business_id AND g.service_id = s.id
    JOIN providers p ON p.business_id = g.business_id AND p.id = g.provider_id
    WHERE $2::uuid IS NULL OR p.id = $2
)
SELECT s.*, p.id AS provider_id, p.timezone AS provider_timezone, weekly.hours AS weekly, dates.hours AS dates, busy.claims
FROM s
LEFT JOIN given p ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(h.weekday, h.start_minute, h.end_minute)) AS hours
    FROM schedules h
    WHERE h.business_id = p.business_id AND h.provider_id = p.id
) weekly ON true
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(a.date, a.intervals) AS hours
    FROM availability a
    WHERE a.business_id = p.business_id AND a.provider_id = p.id AND a.date BETWEEN $3 AND $4
) dates ON true
LEFT JOIN LATERAL (
    -- a claim in which nobody sits any more, since all its holds have ended, is no longer in the way
    SELECT jsonb_agg(jsonb_build_array(c.service_id, c.starts_at, lower(c.during), upper(c.during), c.capacity, live.seats)
                     ORDER BY lower(c.during)) AS claims
    FROM claims c
    CROSS JOIN LATERAL (
        SELECT sum(t.seats) AS seats
        FROM claim_seats t
        WHERE t.business_id = c.business_id AND t.claim_id = c.id AND (t.expires_at IS NULL OR t.expires_at > s.now)
    ) live
    WHERE c.business_id = p.business_id AND c.provider_id = p.id AND live.seats > 0
      AND c.during && tstzrange($5::timestamptz - make_interval(mins => s.buffer_before_minutes),
                                $6::timestamptz + make_interval(mins => s.duration_minutes + s.buffer_after_minutes))
) busy ON true
ORDER BY p.id
"""  # noqa: S608 (our own column list)


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """One service, its business's ways, the diaries of those who give it up to `until`, and the database's clock."""

    service: Service
    business_timezone: str
    on_calendar_failure: OnCalendarFailure
    now: datetime
    until: datetime
    diaries: Sequence[Diary]


async def read_slot_facts(
    database: Database, service_id: UUID, provider_id: UUID | None, since: datetime, until: datetime
) -> SlotFacts | None:
    """What is needed to judge starts in `since ≤ start < until`. None when there is no such service.

    `diaries` is empty when nobody, or not the given provider, gives the service.
    """
    first, last = since.astimezone(UTC).date() - timedelta(days=3), until.astimezone(UTC).date() + timedelta(days=3)
    rows = await database.fetch(READ, service_id, provider_id, first, last, since, until)
    if not rows:
        return None
    return SlotFacts(
        service=service_in(rows[0]),
        business_timezone=rows[0]["business_timezone"],
        on_calendar_failure=OnCalendarFailure(rows[0]["on_calendar_failure"]),
        now=rows[0]["now"],
        until=until,
        diaries=[_diary_in(row) for row in rows if row["provider_id"] is not None],
    )


def _diary_in(row: asyncpg.Record) -> Diary:
    weekly: dict[int, list[Interval]] = {}
    for weekday, start, end in row["weekly"] or ():
        weekly.setdefault(weekday, []).append(Interval(start, end))
    overrides = {
        date.fromisoformat(day): [Interval(start, end) for start, end in intervals]
        for day, intervals in (row["dates"] or {}).items()
    }
    hours = Hours(ZoneInfo(row["provider_timezone"]), weekly, overrides)
    return Diary(row["provider_id"], hours, [_claim_in(claim) for claim in row["claims"] or ()])


def _claim_in(claim: list[Any]) -> Claim:
    service_id, starts_at, blocks_from, blocks_until, capacity, seats = claim
    return Claim(
        service_id=UUID(service_id),
        starts_at=datetime.fromisoformat(starts_at),
        blocks_from=datetime.fromisoformat(blocks_from),
        blocks_until=datetime.fromisoformat(blocks_until),
        capacity=capacity,
        seats_taken=int(seats),
    )
