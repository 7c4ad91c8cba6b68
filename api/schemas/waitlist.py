"""The waitlist over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from api.requests import Cursor, PageSize
from api.schemas.booking_requests import NewCustomer
from api.schemas.bookings import CustomerAnswer
from api.schemas.fields import WEEK, Answer, Day, Email, Integer, Request, Zone
from api.schemas.providers import DayHours, OpenFrom
from domain.hours import WEEKDAYS, Interval
from domain.waitlist import EntryState, Wish
from store.waitlist_read import EntryView, OfferView

MOST_DAYS = 62
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Priority = Annotated[Integer, Field(ge=-1000, le=1000)]


class NewWaitlistEntry(Request):
    """Somebody who takes any time that fits: between two dates, both included, on these weekdays and at these times of day where
    any are named. A time of day is when the appointment starts. Without a `provider_id` any provider of the service will do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_id": "01a1fcad-aea2-74de-b75d-f7137c9b6109",
                    "provider_id": None,
                    "from": "2027-03-08",
                    "to": "2027-03-19",
                    "weekdays": ["monday", "friday"],
                    "times": [{"start": "09:00", "end": "12:00"}],
                    "timezone": "Europe/Berlin",
                    "customer": {"name": "Grace Hopper", "email": "grace@example.com", "locale": "de-DE"},
                }
            ]
        }
    )

    service_id: UUID
    provider_id: UUID | None = None
    from_: Day = Field(alias="from", description="The first date.")
    to: Day = Field(description="The last date, at most 62 days after the first.")
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7, description="Every day when left out.")] = ()
    times: DayHours = Field((), description="All day when left out.")
    timezone: Zone | None = Field(None, description="Where dates and times of day are meant; the provider's when left out.")
    seats: Annotated[Integer, Field(ge=1, le=1000)] = 1
    duration_minutes: Annotated[Integer, Field(ge=1, le=WEEK)] | None = Field(
        None, description="One of the service's durations; its own when left out."
    )
    customer: NewCustomer
    priority: Priority | None = Field(None, description="Only with the business's API key: who has more is asked first.")

    @field_validator("to")
    @classmethod
    def _is_not_before_from(cls, to: date, info: ValidationInfo) -> date:
        first = info.data.get("from_")
        if first is not None and not first <= to <= first + timedelta(days=MOST_DAYS):
            raise ValueError(f"must not be before from, nor more than {MOST_DAYS} days after it")
        return to

    @field_validator("weekdays")
    @classmethod
    def _each_weekday_once(cls, weekdays: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if len(set(weekdays)) != len(weekdays):
            raise ValueError("must not name the same weekday twice")
        return weekdays

    def as_wish(self, zone: ZoneInfo) -> Wish:
        """The wish these fields describe; `zone` is where they are meant when they do not say so."""
        return Wish(
            service_id=self.service_id,
            provider_id=self.provider_id,
            first_day=self.from_,
            last_day=self.to,
            zone=ZoneInfo(self.timezone) if self.timezone else zone,
            weekdays=frozenset(WEEKDAYS.index(weekday) for weekday in self.weekdays),
            times=tuple(Interval(time.start, time.end) for time in self.times),
            seats=self.seats,
            duration=None if self.duration_minutes is None else timedelta(minutes=self.duration_minutes),
        )


class WaitlistPriority(Request):
    """How early an entry is asked: those with more go first, and among equals those who joined first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"priority": 10}]})

    priority: Priority


class WaitlistQuery(Request):
    """Which entries to list; whatever is left out does not restrict."""

    limit: PageSize = 50
    cursor: Cursor = None
    service_id: UUID | None = None
    state: EntryState | None = None
    customer_email: Email | None = None


class OfferAnswer(Answer):
    """A time that is held for whoever waits, until `expires_at`, on the clock that `timezone` names.

    It is a booking: confirm it with its `manage_token`, or cancel it to let it go. Only the customer is shown the token.
    """

    booking_id: UUID
    manage_token: str | None
    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    timezone: str
    expires_at: datetime

    @classmethod
    def of(cls, offer: OfferView, manage_token: str | None) -> Self:
        """This offer for HTTP."""
        zone = ZoneInfo(offer.timezone)
        return cls(
            booking_id=offer.booking.booking_id,
            manage_token=manage_token,
            provider_id=offer.provider_id,
            starts_at=offer.starts_at.astimezone(zone),
            ends_at=offer.ends_at.astimezone(zone),
            timezone=offer.timezone,
            expires_at=offer.hold_expires_at.astimezone(zone),
        )


class WaitlistEntryAnswer(Answer):
    """An entry as it stands. `position` counts from 1 among all who wait for the service, null for one that waits no more.

    `lapsed`: several offers were not answered; `over`: no day is left of what was wished for.
    """

    id: UUID
    state: EntryState
    position: int | None
    service_id: UUID
    provider_id: UUID | None
    from_: date = Field(serialization_alias="from", validation_alias="from")
    to: date
    weekdays: list[str]
    times: list[OpenFrom]
    timezone: str
    seats: int
    duration_minutes: int | None
    priority: int
    lapses: int = Field(description="How many offers were not answered.")
    joined_at: datetime
    customer: CustomerAnswer
    offer: OfferAnswer | None

    @classmethod
    def of(cls, entry: EntryView, offer_token: str | None = None, **more: Any) -> Self:
        """This entry for HTTP; `offer_token` lets the offer be taken."""
        wish, who = entry.wish, entry.customer
        fields: dict[str, Any] = {
            "id": entry.id,
            "state": entry.state,
            "position": entry.place,
            "service_id": wish.service_id,
            "provider_id": wish.provider_id,
            "from": wish.first_day,
            "to": wish.last_day,
            "weekdays": [WEEKDAYS[day] for day in sorted(wish.weekdays)],
            "times": [OpenFrom.model_construct(start=time.start, end=time.end) for time in wish.times],
            "timezone": wish.zone.key,
            "seats": wish.seats,
            "duration_minutes": None if wish.duration is None else wish.duration // timedelta(minutes=1),
            "priority": entry.priority,
            "lapses": entry.lapses,
            "joined_at": entry.joined_at.astimezone(wish.zone),
            "customer": CustomerAnswer(name=who.name, email=who.email, phone=who.phone, timezone=who.timezone, locale=who.locale),
            "offer": OfferAnswer.of(entry.offer, offer_token) if entry.offer else None,
        }
        return cls(**(fields | more))


class JoinedAnswer(WaitlistEntryAnswer):
    """An entry that was just made, or the one that the same customer had with the same wish.

    `manage_token` lets its holder see and leave it; it is shown only to the request that made it, and to its repeat with the same
    Idempotency-Key.
    """

    manage_token: str | None


class WaitlistEntryList(Answer):
    """One page in the order they joined; `next_cursor` is null on the last."""

    items: list[WaitlistEntryAnswer]
    next_cursor: str | None


class WaitlistEvent(Answer):
    """What an endpoint is sent of an entry without a booking, after Standard Webhooks. `data` is the entry as it is now."""

    type: str
    timestamp: datetime
    sequence: int = 0
    detail: dict[str, Any] = Field(default_factory=dict)
    data: WaitlistEntryAnswer


def render_entry(name: str, entry: EntryView, at: datetime) -> str:
    """The event as it is sent, the same text at every try."""
    return WaitlistEvent(type=name, timestamp=at.astimezone(UTC), data=WaitlistEntryAnswer.of(entry)).model_dump_json(
        by_alias=True
    )
