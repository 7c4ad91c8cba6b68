"""Who or what gives a service: a person, a room, a machine."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Provider:
    """`timezone` is where the opening hours are wall time. Without a `calendar_id` the e-mail address names the calendar."""

    business_id: UUID
    id: UUID
    name: str
    timezone: str
    email: str | None
    phone: str | None
    calendar_id: str | None
    service_ids: tuple[UUID, ...]
    max_per_day: int | None = None
    max_per_week: int | None = None
    external_id: str | None = None
