"""Everything that decides which slots are free, read in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from domain.bookings import OnCalendarFailure
from domain.diary import Block, Claim, Diary, Limit
from domain.holidays import HolidayCalendar
from domain.hours import Hours, Interval, Period
from domain.policies import BusinessCalendar
from domain.rules import Rule
from domain.services import Service
from domain.times import instant
from store.pool import Database
from store.services import COLUMNS, service_in
from store.time_versions import STAMP

READ = f"""
WITH s AS (
    SELECT {COLUMNS}, b.timezone AS business_timezone, b.on_calendar_failure, b.holiday_country, b.holiday_region,
           b.holidays_not_kept, clock_timestamp() AS now,
           greatest(s.duration_minutes, (SELECT max((d->>0)::int) FROM jsonb_array_elements(s.durations) d)) AS longest
    FROM services s JOIN businesses b ON b.business_id = s.business_id
    WHERE s.id = $1
    LIMIT 1
), given AS (
    -- who gives this service: all, or the one asked for; need 0
    SELECT p.business_id, p.id, p.timezone, p.max_per_day, p.max_per_week, 0 AS need, g.priority, g.last_assigned_at
    FROM s
    JOIN provider_services g ON g.business_id = s.business_id AND g.service_id = s.id
    JOIN providers p ON p.business_id = g.business_id AND p.id = g.provider_id
    WHERE $2::uuid IS NULL OR p.id = $2
    UNION ALL
    -- and what it takes beside them
    SELECT p.business_id, p.id, p.timezone, p.max_per_day, p.max_per_week, r.need, 0, NULL
    FROM s
    JOIN service_resources r ON r.business_id = s.business_id AND r.service_id = s.id
    JOIN providers p ON p.business_id = r.business_id AND p.id = r.provider_id
), sold AS (
    -- what counts towards the service's own limits
    SELECT array_agg(each.starts_at) AS starts, min(each.lapses_at) AS lapses_at
    FROM (
        SELECT b.provider_id, b.starts_at, min(b.hold_expires_at) FILTER (WHERE b.status = 'pending') AS lapses_at
        FROM s
        JOIN bookings b
          ON (s.max_per_day IS NOT NULL OR s.max_per_week IS NOT NULL)
         AND b.business_id = s.business_id AND b.service_id = s.id AND b.starts_at >= $8 AND b.starts_at < $9
         AND b.id IS DISTINCT FROM $10::uuid
         AND (b.status IN ('confirming', 'confirmed', 'completed', 'no_show')
              OR b.status = 'pending' AND b.hold_expires_at > s.now)
        GROUP BY b.provider_id, b.starts_at
    ) each
), stamp AS ({STAMP})
SELECT s.*, p.id AS provider_id, p.timezone AS provider_timezone, p.need, p.priority, p.last_assigned_at,
       p.max_per_day AS provider_max_per_day, p.max_per_week AS provider_max_per_week,
       weeks.periods, dates.hours AS dates, away.times AS time_off, outside.calendars, busy.claims,
       sold.starts AS sold, given_away.starts AS given_away, stamp.stamp,
       least(sold.lapses_at, outside.stale_at, busy.lapses_at, given_away.lapses_at) AS stands_until
FROM s
CROSS JOIN stamp
CROSS JOIN sold
LEFT JOIN given p ON true
LEFT JOIN LATERAL (
    SELECT array_agg(ROW (
        w.first_day, w.last_day, (
            SELECT array_agg(ROW (h.weekday, h.start_minute, h.end_minute))
            FROM schedules h
            WHERE h.business_id = w.business_id AND h.provider_id = w.provider_id AND h.first_day = w.first_day
        ))) AS periods
    FROM schedule_periods w
    WHERE w.business_id = p.business_id AND w.provider_id = p.id AND w.first_day <= $5 AND w.last_day >= $4
) weeks ON true
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(a.date, a.intervals) AS hours
    FROM availability a
    WHERE a.business_id = p.business_id AND a.provider_id = p.id AND a.date BETWEEN $4 AND $5
) dates ON true
LEFT JOIN LATERAL (
    SELECT array_agg(ROW (o.id, o.starts_at, o.ends_at) ORDER BY o.starts_at) AS times
    FROM time_off o
    WHERE o.business_id = p.business_id AND o.provider_id = p.id AND o.ends_at >= $4 AND o.starts_at <= $5
) away ON true
LEFT JOIN LATERAL (
    SELECT min(good.until) FILTER (WHERE good.until > s.now) AS stale_at,
           array_agg(ROW (
               k.name, coalesce(good.until > s.now, false), (
                   SELECT array_agg(ROW (t.id, lower(t.during), upper(t.during)) ORDER BY lower(t.during))
                   FROM busy_times t
                   WHERE t.business_id = k.business_id AND t.calendar_id = k.id AND t.during && tstzrange($8, $9)
               ))) AS calendars
    FROM busy_calendars k
    CROSS JOIN LATERAL (SELECT k.read_at + make_interval(secs => k.good_for_seconds) AS until) good
    WHERE k.business_id = p.business_id AND k.provider_id = p.id
) outside ON true
LEFT JOIN LATERAL (
    -- a claim in which nobody sits any more, since all its holds have ended, is no longer in the way
    SELECT array_agg(ROW (c.service_id, c.starts_at, lower(c.during), upper(c.during), c.capacity, live.seats, c.for_provider)
                     ORDER BY lower(c.during)) AS claims,
           min(live.lapses_at) AS lapses_at
    FROM claims c
    CROSS JOIN LATERAL (
        SELECT sum(t.seats) AS seats, min(t.expires_at) AS lapses_at
        FROM claim_seats t
        WHERE t.business_id = c.business_id AND t.claim_id = c.id AND t.booking_id IS DISTINCT FROM $10
          AND (t.expires_at IS NULL OR t.expires_at > s.now)
    ) live
    WHERE c.business_id = p.business_id AND c.provider_id = p.id AND live.seats > 0
      AND c.during && tstzrange($6::timestamptz - make_interval(mins => s.buffer_before_minutes),
                                $7::timestamptz + make_interval(mins => s.longest + s.buffer_after_minutes))
) busy ON true
LEFT JOIN LATERAL (
    -- what counts towards the limits of a provider or resource: what is held or booked, and what is over and left its claim
    SELECT array_agg(each.starts_at) AS starts, min(each.lapses_at) AS lapses_at
    FROM (
        SELECT g.service_id, g.starts_at, min(g.lapses_at) AS lapses_at
        FROM (
            SELECT c.service_id, c.starts_at, live.lapses_at
            FROM claims c
            CROSS JOIN LATERAL (
                SELECT count(*) AS sitting, min(t.expires_at) AS lapses_at
                FROM claim_seats t
                WHERE t.business_id = c.business_id AND t.claim_id = c.id AND t.booking_id IS DISTINCT FROM $10
                  AND (t.expires_at IS NULL OR t.expires_at > s.now)
            ) live
            WHERE c.business_id = p.business_id AND c.provider_id = p.id AND c.during && tstzrange($8, $9) AND live.sitting > 0
            UNION ALL
            SELECT b.service_id, b.starts_at, NULL
            FROM bookings b
            WHERE b.business_id = p.business_id AND b.starts_at >= $8 AND b.starts_at < $9
              AND b.status IN ('completed', 'no_show') AND (b.provider_id = p.id OR p.id = ANY(b.resource_ids))
        ) g
        WHERE p.max_per_day IS NOT NULL OR p.max_per_week IS NOT NULL
        GROUP BY g.service_id, g.starts_at
    ) each
) given_away ON true
ORDER BY p.need, p.id
"""  # noqa: S608 (our own column list)

AROUND = timedelta(days=8)  # a week, and a day for the zones: what counts towards a week's limit


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """One service, its business's ways, the diaries of those who give it up to `until`, and the database's clock.

    They stand as long as `stamp` does, and not beyond `stands_until`: then a hold lapses, or a calendar is too old. `needs` are
    the diaries of what the service takes beside its provider, of each need any one.
    """

    service: Service
    business_timezone: str
    on_calendar_failure: OnCalendarFailure
    now: datetime
    until: datetime
    stamp: str
    stands_until: datetime | None
    diaries: Sequence[Diary]
    needs: Sequence[Sequence[Diary]]
    business_days: BusinessCalendar


async def read_slot_facts(
    database: Database,
    service_id: UUID,
    provider_id: UUID | None,
    since: datetime,
    until: datetime,
    edition: str = "",
    *,
    without: UUID | None = None,
) -> SlotFacts | None:
    """What is needed to judge starts in `since ≤ start < until`. None when there is no such service.

    `diaries` is empty when nobody, or not the given provider, gives the service. `edition` goes into the stamp, as in
    `read_stamp`. The booking `without` is left out, as if it had given up its time already.
    """
    first, last = since.astimezone(UTC).date() - timedelta(days=3), until.astimezone(UTC).date() + timedelta(days=3)
    around = since - AROUND, until + AROUND
    rows = await database.fetch(READ, service_id, provider_id, edition, first, last, since, until, *around, without)
    if not rows:
        return None
    return _facts(rows, first, last, until)


def _facts(rows: Sequence[asyncpg.Record], first: date, last: date, until: datetime) -> SlotFacts:
    row = rows[0]
    service = service_in(row)
    holidays: Mapping[date, str] = {}
    if row["holiday_country"] is not None:
        calendar = HolidayCalendar(row["holiday_country"], row["holiday_region"], frozenset(row["holidays_not_kept"]))
        holidays = calendar.between(first, last)
    own = _limits(service.max_per_day, service.max_per_week, row["business_timezone"], row["sold"], "service")
    needs: dict[int, list[Diary]] = {}
    for each in rows:
        if each["provider_id"] is not None:
            needs.setdefault(each["need"], []).append(_diary_in(each, holidays, own))
    diaries = needs.pop(0, [])
    business_days = BusinessCalendar(
        row["business_timezone"], row["holiday_country"], row["holiday_region"], tuple(row["holidays_not_kept"])
    )
    return SlotFacts(
        service=service,
        business_timezone=row["business_timezone"],
        on_calendar_failure=OnCalendarFailure(row["on_calendar_failure"]),
        now=row["now"],
        until=until,
        stamp=row["stamp"],
        stands_until=min((each["stands_until"] for each in rows if each["stands_until"] is not None), default=None),
        diaries=diaries,
        needs=list(needs.values()),
        business_days=business_days,
    )


def _diary_in(row: asyncpg.Record, holidays: Mapping[date, str], of_service: list[Limit]) -> Diary:
    zone = ZoneInfo(row["provider_timezone"])
    overrides = {
        date.fromisoformat(day): [Interval(start, end) for start, end in intervals]
        for day, intervals in (row["dates"] or {}).items()
    }
    blocks = [_time_off_in(entry, zone) for entry in row["time_off"] or ()]
    unknown = []
    for name, is_known, times in row["calendars"] or ():
        if not is_known:
            unknown.append(name)
        for entry, starts_at, ends_at in times or ():
            source = f"calendar:{name}:{entry}"
            blocks.append(Block(starts_at, ends_at, Rule.BUSY, source))
    own = _limits(
        row["provider_max_per_day"], row["provider_max_per_week"], row["provider_timezone"], row["given_away"], "provider"
    )
    return Diary(
        provider_id=row["provider_id"],
        hours=Hours(zone, [_period_in(period) for period in row["periods"] or ()], overrides, holidays),
        claims=[_claim_in(claim) for claim in row["claims"] or ()],
        blocks=blocks,
        unknown=unknown,
        limits=[*of_service, *own] if row["need"] == 0 else own,
        priority=row["priority"],
        last_assigned_at=row["last_assigned_at"],
    )


def _limits(per_day: int | None, per_week: int | None, zone: str, starts: Sequence[datetime] | None, whose: str) -> list[Limit]:
    if per_day is None and per_week is None:
        return []
    return [Limit(per_day, per_week, ZoneInfo(zone), starts or (), whose)]


def _period_in(period: Sequence[Any]) -> Period:
    first, last, hours = period  # without a first or a last day: date.min, date.max
    weekly: dict[int, list[Interval]] = {}
    for weekday, start, end in hours or ():
        weekly.setdefault(weekday, []).append(Interval(start, end))
    return Period(first, last, weekly)


def _time_off_in(entry: Sequence[Any], zone: ZoneInfo) -> Block:
    row_id, starts_at, ends_at = entry
    return Block(instant(starts_at, zone), instant(ends_at, zone), Rule.TIME_OFF, f"time_off:{row_id}")


def _claim_in(claim: Sequence[Any]) -> Claim:
    service_id, starts_at, blocks_from, blocks_until, capacity, seats, for_provider = claim
    return Claim(service_id, starts_at, blocks_from, blocks_until, capacity, seats, for_provider)
