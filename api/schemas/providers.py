"""Providers and their opening hours over HTTP."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from api.schemas.fields import Answer, Day, Email, ExternalId, Integer, Name, Phone, Request, Zone
from api.schemas.times import read_clock, write_clock
from domain.hours import WEEKDAYS, Interval, Period
from domain.providers import Provider

Clock = Annotated[
    int,
    BeforeValidator(read_clock),
    PlainSerializer(write_clock, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "examples": ["09:00"]}),
]


class NewProvider(Request):
    """Who or what gives services. Their calendar is `calendar_id`, or else the one named by the e-mail address."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Dr Ada Byron", "timezone": "Europe/Berlin", "email": "ada@example.com", "service_ids": []}]
        }
    )

    name: Name
    timezone: Zone
    email: Email | None = None
    phone: Phone | None = None
    calendar_id: Name | None = None
    service_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    max_per_day: Annotated[Integer, Field(ge=1, le=10_000)] | None = Field(
        None, description="How many bookings they take a day; a session counts once."
    )
    max_per_week: Annotated[Integer, Field(ge=1, le=10_000)] | None = Field(None, description="The same from Monday to Sunday.")
    external_id: ExternalId | None = None

    @field_validator("service_ids")
    @classmethod
    def _each_service_once(cls, ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
        if len(set(ids)) != len(ids):
            raise ValueError("must not name the same service twice")
        return ids

    def as_provider(self, business_id: UUID, provider_id: UUID) -> Provider:
        """The provider these fields describe."""
        return Provider(
            business_id=business_id,
            id=provider_id,
            name=self.name,
            timezone=self.timezone,
            email=self.email,
            phone=self.phone,
            calendar_id=self.calendar_id,
            service_ids=self.service_ids,
            max_per_day=self.max_per_day,
            max_per_week=self.max_per_week,
            external_id=self.external_id,
        )


class ProviderAnswer(Answer):
    """A provider as they stand."""

    id: UUID
    name: str
    timezone: str
    email: str | None
    phone: str | None
    calendar_id: str | None
    service_ids: list[UUID]
    max_per_day: int | None
    max_per_week: int | None
    external_id: str | None = None

    @classmethod
    def of(cls, provider: Provider) -> Self:
        """This provider for HTTP."""
        return cls(
            id=provider.id,
            name=provider.name,
            timezone=provider.timezone,
            email=provider.email,
            phone=provider.phone,
            calendar_id=provider.calendar_id,
            service_ids=list(provider.service_ids),
            max_per_day=provider.max_per_day,
            max_per_week=provider.max_per_week,
            external_id=provider.external_id,
        )


class ProviderList(Answer):
    """One page; `next_cursor` is null on the last."""

    items: list[ProviderAnswer]
    next_cursor: str | None


class GivenService(Request):
    """How a provider gives a service. Where it assigns by priority, the highest is asked first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"priority": 10}]})

    priority: Annotated[Integer, Field(ge=-1000, le=1000)] = 0


class GivenServiceAnswer(GivenService):
    """Who gives what."""

    provider_id: UUID
    service_id: UUID


class OpenFrom(Request):
    """Opening hours in the provider's wall time; an `end` of 24:00 is midnight. Hours over midnight are two intervals."""

    start: Clock
    end: Clock

    @field_validator("end")
    @classmethod
    def _ends_after_its_start(cls, end: int, info: ValidationInfo) -> int:
        if end <= info.data.get("start", -1):
            raise ValueError("must be later than start; hours over midnight are two intervals")
        return end


def _apart(intervals: tuple[OpenFrom, ...]) -> tuple[OpenFrom, ...]:
    ordered = tuple(sorted(intervals, key=lambda interval: interval.start))
    if any(later.start < earlier.end for earlier, later in pairwise(ordered)):
        raise ValueError("intervals must not overlap")
    return ordered


DayHours = Annotated[tuple[OpenFrom, ...], Field(max_length=24), AfterValidator(_apart)]


class Weekly(Request):
    """The hours of each weekday; a day that is left out, or empty, is closed."""

    monday: DayHours = ()
    tuesday: DayHours = ()
    wednesday: DayHours = ()
    thursday: DayHours = ()
    friday: DayHours = ()
    saturday: DayHours = ()
    sunday: DayHours = ()


class Schedule(Request):
    """A provider's whole week, in wall time of their zone, always or for a season.

    It takes the place of the one that begins on the same day. Where several hold, the one that began last counts alone.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"weekly": {"monday": [{"start": "09:00", "end": "17:00"}]}},
                {
                    "weekly": {"monday": [{"start": "07:00", "end": "13:00"}]},
                    "valid_from": "2027-06-01",
                    "valid_until": "2027-08-31",
                },
            ]
        }
    )

    weekly: Weekly
    valid_from: Day | None = Field(None, description="The first day; always, when left out.")
    valid_until: Day | None = Field(None, description="The last day; for ever, when left out.")

    @field_validator("valid_until")
    @classmethod
    def _ends_after_it_begins(cls, last: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("valid_from")
        if last is not None and first is not None and last < first:
            raise ValueError("must not be before valid_from")
        return last

    def hours(self) -> dict[int, list[Interval]]:
        """The week as the domain knows it; 0 is Monday."""
        return {n: as_intervals(getattr(self.weekly, day)) for n, day in enumerate(WEEKDAYS)}


class Availability(Request):
    """What replaces the weekly hours on one date; an empty list means closed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"date": "2027-12-24", "intervals": []}]})

    date: Day
    intervals: DayHours


class ScheduleAnswer(Schedule):
    """The week as it now stands, and the zone it is wall time in."""

    timezone: str

    @classmethod
    def of(cls, period: Period, timezone: str) -> Self:
        """This week for HTTP."""
        weekly = {
            WEEKDAYS[day]: [{"start": write_clock(each.start), "end": write_clock(each.end)} for each in intervals]
            for day, intervals in period.weekly.items()
        }
        first = None if period.first == date.min else period.first.isoformat()
        last = None if period.last == date.max else period.last.isoformat()
        return cls.model_validate({"weekly": weekly, "valid_from": first, "valid_until": last, "timezone": timezone})


class ScheduleList(Answer):
    """All weeks of a provider, in the order they begin."""

    items: list[ScheduleAnswer]


class AvailabilityAnswer(Availability):
    """The date as it now stands, and the zone it is wall time in."""

    timezone: str


def as_intervals(hours: tuple[OpenFrom, ...]) -> list[Interval]:
    """These hours as the domain knows them."""
    return [Interval(interval.start, interval.end) for interval in hours]
