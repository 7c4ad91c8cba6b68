"""The rules that go by the clock: how early and how late a time can be booked, and when that changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.rules import Rule
from domain.services import Service


def too_early_or_late(service: Service, starts_at: datetime, now: datetime) -> tuple[Rule, str] | None:
    """The rule by which this time cannot be booked now, and the setting behind it."""
    if starts_at <= now:
        return Rule.IN_THE_PAST, "clock"
    if starts_at < now + service.min_notice:
        return Rule.TOO_SOON, "service:min_notice_minutes"
    if starts_at > now + service.max_advance:
        return Rule.TOO_FAR, "service:max_advance_days"
    return None


def bookable_range(service: Service, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last time that none of these rules refuses."""
    return max(now + timedelta.resolution, now + service.min_notice), now + service.max_advance


def next_turn(service: Service, starts: Iterable[datetime], now: datetime) -> datetime | None:
    """Until when these rules say the same of each of these times; None when they always will."""
    in_order = sorted(set(starts))
    turns = []
    for ahead in (timedelta(), service.min_notice, service.max_advance):
        following = bisect_left(in_order, now + ahead)
        if following < len(in_order):
            turns.append(in_order[following] - ahead)
    return min(turns, default=None)
