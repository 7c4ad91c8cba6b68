"""Calendars outside over HTTP: in which a provider is busy, and what was read of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from api.schemas.fields import Answer, Instant, Integer, Name, Request
from store.busy_calendars import BusyCalendar, BusyTime

MONTH = 31 * 24 * 60


class NewBusyCalendar(Request):
    """A calendar in which the provider has other appointments. Unless it was read lately, nobody knows whether they are free."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Google", "good_for_minutes": 30}]})

    name: Name
    good_for_minutes: Annotated[Integer, Field(ge=1, le=MONTH)] = Field(
        description="For how long a reading is believed. After that the provider's time is unknown, and not offered."
    )


class BusyCalendarAnswer(Answer):
    """A calendar outside. While it is not `known`, its provider's time is not offered."""

    id: UUID
    provider_id: UUID
    name: str
    good_for_minutes: int
    read_at: datetime | None
    known: bool

    @classmethod
    def of(cls, calendar: BusyCalendar) -> Self:
        """This calendar for HTTP."""
        return cls(
            id=calendar.id,
            provider_id=calendar.provider_id,
            name=calendar.name,
            good_for_minutes=calendar.good_for_seconds // 60,
            read_at=calendar.read_at,
            known=calendar.is_known,
        )


class BusyCalendarList(Answer):
    """All of a provider's."""

    items: list[BusyCalendarAnswer]
    next_cursor: str | None = None


class BusyEntry(Request):
    """One entry, under the id it has in its calendar."""

    id: Name
    starts_at: Instant
    ends_at: Instant

    @field_validator("ends_at")
    @classmethod
    def _ends_after_it_begins(cls, ends_at: datetime, info: ValidationInfo) -> datetime:
        if "starts_at" in info.data and ends_at <= info.data["starts_at"]:
            raise ValueError("must be later than starts_at")
        return ends_at


class Reading(Request):
    """All that the calendar held when it was read; what is left out is there no more."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "read_at": "2026-11-20T08:00:00Z",
                    "times": [
                        {"id": "7kd2", "starts_at": "2027-03-08T09:00:00+01:00", "ends_at": "2027-03-08T10:00:00+01:00"},
                    ],
                }
            ]
        }
    )

    read_at: Instant
    times: tuple[BusyEntry, ...]  # as many as a body holds

    @field_validator("times")
    @classmethod
    def _each_entry_once(cls, times: tuple[BusyEntry, ...]) -> tuple[BusyEntry, ...]:
        if len({time.id for time in times}) != len(times):
            raise ValueError("must not name the same entry twice")
        return times

    def is_ahead_of(self, now: datetime) -> bool:
        """Clocks differ a little; a reading from the future would be believed for too long."""
        return self.read_at > now + timedelta(minutes=1)

    def as_times(self) -> list[BusyTime]:
        """The entries as the store knows them."""
        return [BusyTime(time.id, time.starts_at, time.ends_at) for time in self.times]


class ReadingAnswer(Answer):
    """What is known of the calendar now."""

    calendar_id: UUID
    read_at: datetime
    times: int = Field(description="How many entries are known.")
