"""What can be asked of the lists and of the free slots."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from api.problems import Problem, invalid_parameter
from api.requests import Cursor, PageSize
from api.schemas.fields import WEEK, Day, Email, ExternalId, Request, Zone, shown_as
from api.schemas.times import read_date_or_instant, read_query_instant
from domain.bookings import BookingStatus
from domain.times import moment

MOST_DAYS = 62
ZONES_REACH = timedelta(hours=16)  # no zone is further from UTC

End = date | datetime
DateOrInstant = Annotated[
    End,
    BeforeValidator(read_date_or_instant),
    shown_as(examples=["2027-03-08"]),
]
QueryInstant = Annotated[datetime, BeforeValidator(read_query_instant), shown_as("date-time")]


class SlotsOfService(Request):
    """One date, or everything from one date or time to another, at most 62 days. `to` as a date is the last one included."""

    date: Day | None = Field(None, description="All slots that start on this date.")
    from_: DateOrInstant | None = Field(None, alias="from", description="The first date, or the time from which slots start.")
    to: DateOrInstant | None = Field(None, description="The last date, or the time before which slots start.")
    timezone: Zone | None = Field(None, description="Where dates are meant and times are shown; the provider's when left out.")
    duration_minutes: Annotated[int, Field(ge=1, le=WEEK)] | None = Field(
        None, description="One of the service's durations; its own when left out."
    )
    explain: Literal["0", "1"] = Field("0", description="1 also says which rule removed each other time.")

    def rough_range(self) -> tuple[datetime, datetime]:
        """A range that holds the exact one in whatever zone it will be meant. Raises Problem where the query makes no sense."""
        first, last = self._ends()
        since, until = _at_utc(first), _at_utc(last) + (timedelta() if isinstance(last, datetime) else timedelta(days=1))
        if since >= until:
            raise invalid_parameter("to", "must be later than from")
        if until - since > timedelta(days=MOST_DAYS):
            raise invalid_parameter("to", f"must be at most {MOST_DAYS} days after from")
        return since - ZONES_REACH, until + ZONES_REACH

    def exact_range(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Since when and until when slots start, dates being meant in this zone."""
        first, last = self._ends()
        since = first.astimezone(UTC) if isinstance(first, datetime) else moment(first, 0, zone)[0]
        until = last.astimezone(UTC) if isinstance(last, datetime) else moment(last, 24 * 60, zone)[0]
        return since, until

    def _ends(self) -> tuple[End, End]:
        if self.date is not None and self.from_ is None and self.to is None:
            return self.date, self.date
        if self.date is None and self.from_ is not None and self.to is not None:
            return self.from_, self.to
        missing = (
            "to"
            if self.from_ is not None and self.date is None
            else "from"
            if self.to is not None and self.date is None
            else "date"
        )
        raise Problem(
            "invalid-request",
            "ask for one date, or for from and to",
            [{"parameter": missing, "detail": "ask for one date, or for from and to"}],
        )


class SlotsOfProvider(SlotsOfService):
    """The same for one provider's slots of one service."""

    service_id: UUID


class Page(Request):
    """Which part of a list."""

    limit: PageSize = 50
    cursor: Cursor = None


class LongPage(Request):
    """The same of a list that is mostly looked at as a whole."""

    limit: PageSize = 200
    cursor: Cursor = None


class PageByExternalId(Page):
    """The same, or the one that another system calls so."""

    external_id: ExternalId | None = None


class SeasonOfSchedule(Request):
    """Which season."""

    valid_from: Day = Field(description="The first day of the season that is taken back.")


class BookingsQuery(Page):
    """Which bookings to list; whatever is left out does not restrict."""

    provider_id: UUID | None = None
    customer_email: Email | None = None
    customer_external_id: ExternalId | None = None
    status: BookingStatus | None = None
    from_: QueryInstant | None = Field(None, alias="from", description="Bookings that start at this time or later.")
    to: QueryInstant | None = Field(None, description="Bookings that start before this time.")


def _at_utc(end: End) -> datetime:
    if isinstance(end, datetime):
        return end.astimezone(UTC)
    return datetime(end.year, end.month, end.day, tzinfo=UTC)
