"""Time off over HTTP."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationInfo, WithJsonSchema, field_validator

from api.schemas.fields import Answer, Name, Request
from api.schemas.times import read_date_or_wall_time, write_wall_time
from store.schedules import TimeOff

LONGEST = timedelta(days=5 * 366)

WallTime = Annotated[
    date | datetime,
    BeforeValidator(read_date_or_wall_time),
    PlainSerializer(write_wall_time, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$", "examples": ["2027-07-01"]}
    ),
]


class NewTimeOff(Request):
    """When a provider is away: whole days, `to` included, or from one wall time of their zone up to another."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"from": "2027-07-01", "to": "2027-07-14", "reason": "Summer holiday"},
                {"from": "2027-07-01T12:00", "to": "2027-07-01T15:30"},
            ]
        }
    )

    from_: WallTime = Field(alias="from")
    to: WallTime
    reason: Name | None = None

    @field_validator("to")
    @classmethod
    def _ends_after_it_begins(cls, to: date | datetime, info: ValidationInfo) -> date | datetime:
        if "from_" in info.data:
            length = end_of(to) - start_of(info.data["from_"])
            if length <= timedelta():
                raise ValueError("must be later than from")
            if length > LONGEST:
                raise ValueError("must be at most five years after from")
        return to

    def as_time_off(self, time_off_id: UUID, provider_id: UUID) -> TimeOff:
        """The entry these fields describe."""
        return TimeOff(time_off_id, provider_id, start_of(self.from_), end_of(self.to), self.reason)


class TimeOffAnswer(Answer):
    """Time off in wall time of `timezone`; `to` is the first moment after it."""

    id: UUID
    provider_id: UUID
    from_: WallTime = Field(alias="from")
    to: WallTime
    reason: str | None
    timezone: str

    @classmethod
    def of(cls, time_off: TimeOff, timezone: str) -> Self:
        """This entry for HTTP."""
        return cls.model_validate(cls._fields(time_off, timezone))

    @classmethod
    def _fields(cls, entry: TimeOff, timezone: str) -> dict[str, object]:
        return {
            "id": entry.id,
            "provider_id": entry.provider_id,
            "from": write_wall_time(entry.starts_at),
            "to": write_wall_time(entry.ends_at),
            "reason": entry.reason,
            "timezone": timezone,
        }


class NewTimeOffAnswer(TimeOffAnswer):
    """A fresh entry. `bookings` are those already made inside of it: they stay, until somebody cancels or moves them."""

    bookings: list[UUID]

    @classmethod
    def with_bookings(cls, time_off: TimeOff, timezone: str, bookings: list[UUID]) -> Self:
        """This entry for HTTP, with what it leaves standing."""
        return cls.model_validate({**cls._fields(time_off, timezone), "bookings": bookings})


class TimeOffList(Answer):
    """What is not over, in order of time."""

    items: list[TimeOffAnswer]
    next_cursor: str | None = None


def start_of(sent: date | datetime) -> datetime:
    """A date begins at midnight."""
    return sent if isinstance(sent, datetime) else datetime.combine(sent, time())


def end_of(sent: date | datetime) -> datetime:
    """A date is included."""
    return sent if isinstance(sent, datetime) else datetime.combine(sent + timedelta(days=1), time())
