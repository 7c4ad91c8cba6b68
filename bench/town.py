"""A made-up town: businesses with services, providers and their weeks, the same for the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney")
OPENINGS = ((9, 13), (14, 18))
HOURS = tuple(hour for start, end in OPENINGS for hour in range(start, end))  # a booking with its buffer takes one
LASTS, BUFFER, STEP = timedelta(minutes=50), timedelta(minutes=10), timedelta(minutes=30)
PRICE = 6500
MOST_EACH = 5000  # bookings of a provider each way: five years of working days are not more
CLINIC_EVERY, IN_CLINIC, ELSEWHERE = 100, 50, 2

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "businesses": ("business_id", "name", "timezone", "created_at"),
    "services": (
        *("business_id", "id", "name", "duration_minutes", "buffer_after_minutes", "slot_step_minutes"),
        *("price_amount", "price_currency", "payment", "min_notice_minutes", "max_advance_days", "created_at"),
    ),
    "providers": ("business_id", "id", "name", "timezone", "email", "created_at"),
    "provider_services": ("business_id", "provider_id", "service_id"),
    "schedule_periods": ("business_id", "provider_id", "first_day", "last_day"),
    "schedules": ("business_id", "provider_id", "first_day", "weekday", "start_minute", "end_minute"),
    "time_versions": ("business_id", "id", "version"),
    "customers": ("business_id", "id", "name", "email", "phone", "timezone", "locale", "created_at"),
    "bookings": (
        *("business_id", "id", "service_id", "provider_id", "customer_id", "starts_at", "ends_at", "blocks", "capacity", "seats"),
        *("price_amount", "price_currency", "payment", "status", "hold_expires_at", "manage_token_hash", "request_hash"),
        *("created_at", "updated_at"),
    ),
    "claims": ("business_id", "id", "provider_id", "service_id", "starts_at", "during", "capacity", "seats_taken"),
    "claim_seats": ("business_id", "booking_id", "claim_id", "seats"),
    "booking_events": ("business_id", "booking_id", "key", "kind", "status", "at"),
}
"""What is filled of each table, in the order in which their rows need each other."""

Lines = dict[str, list[str]]
"""Rows by table, in the text format of COPY."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much. Bookings are spread evenly over the providers, a fifth as many customers over the businesses."""

    businesses: int
    past: int = 0
    future: int = 0

    def scaled(self, scale: float) -> Size:
        """As many businesses with so much of the bookings."""
        return Size(self.businesses, round(self.past * scale), round(self.future * scale))

    def __str__(self) -> str:
        shop = f"{self.businesses:,} businesses"
        return f"{shop}, {self.past:,} past and {self.future:,} future bookings" if self.past or self.future else shop


@dataclass(frozen=True, slots=True)
class Place:
    """A provider with what their bookings need to know; ids as they are written into the rows."""

    number: int
    business: str
    service: str
    provider: str
    zone: str
    first_customer: int
    customers: int
    colleagues: int
    seat: int  # which of the colleagues


@dataclass(frozen=True)
class Town:
    """One business in a hundred is a clinic of 50 who all give one service; elsewhere two do. `day` is the town's today."""

    seed: int
    size: Size
    day: date

    def id(self, kind: str, number: int) -> str:
        """Of the shape of a UUID of version 7, growing with the number."""
        return f"{number:012x}{self._tails[kind]}"

    def uuid(self, kind: str, number: int) -> UUID:
        return UUID(self.id(kind, number))

    @cached_property
    def _tails(self) -> dict[str, str]:
        tails = {}
        for kind in ("business", "service", "provider", "customer", "booking"):
            digest = hashlib.sha256(f"{self.seed}:{kind}".encode()).hexdigest()
            tails[kind] = f"7{digest[:3]}8{digest[3:18]}"
        return tails

    @property
    def since(self) -> str:
        """When everything was set up."""
        return f"{self.day - timedelta(days=2000)} 00:00:00+00"

    @property
    def version(self) -> int:
        """The stamp of everybody's time, as if none had changed since."""
        return (self.day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000_000

    @cached_property
    def providers(self) -> int:
        return sum(providers_of(business) for business in range(self.size.businesses))

    def check(self) -> None:
        """Raises ValueError where the bookings do not fit into the years around today."""
        most = self.providers * MOST_EACH
        if max(self.size.past, self.size.future) > most:
            raise ValueError(f"{self.size.businesses:,} businesses have room for {most:,} bookings each way")

    def share(self, total: int, provider: int) -> int:
        """How many of all bookings are this provider's."""
        return total // self.providers + (provider < total % self.providers)

    @cached_property
    def places(self) -> list[Place]:
        """All providers, in the order of their numbers."""
        found, number, customer = [], 0, 0
        for business in range(self.size.businesses):
            colleagues = providers_of(business)
            everyone = range(number, number + colleagues)
            theirs = sum(self.share(self.size.past, each) + self.share(self.size.future, each) for each in everyone)
            customers = -(-theirs // 5)
            of_business = (self.id("business", business), self.id("service", business))
            for seat, each in enumerate(everyone):
                zone = ZONES[business % len(ZONES)]
                provider = self.id("provider", each)
                found.append(Place(each, *of_business, provider, zone, customer, customers, colleagues, seat))
            number, customer = number + colleagues, customer + customers
        return found

    def shops(self) -> Iterator[Lines]:
        """All but customers and bookings, a thousand businesses at a time."""
        lines: Lines = {}
        for place in self.places:
            if place.seat == 0:
                if len(lines.get("businesses", ())) == 1000:
                    yield lines
                    lines = {}
                self._open(place, lines)
            self._employ(place, lines)
        yield lines

    def _open(self, place: Place, lines: Lines) -> None:
        minutes = [each // timedelta(minutes=1) for each in (LASTS, BUFFER, STEP)]
        service = (place.business, place.service, "Appointment", *minutes, PRICE, "EUR", "none", 60, 90, self.since)
        _add(lines, "businesses", place.business, f"Business of {place.provider[:12]}", place.zone, self.since)
        _add(lines, "services", *service)
        for whose in (place.business, place.service):
            _add(lines, "time_versions", place.business, whose, self.version)

    def _employ(self, place: Place, lines: Lines) -> None:
        me = (place.business, place.provider)
        _add(lines, "providers", *me, f"Provider {place.number}", place.zone, f"p{place.number}@example.com", self.since)
        _add(lines, "time_versions", *me, self.version)
        _add(lines, "provider_services", *me, place.service)
        _add(lines, "schedule_periods", *me, "-infinity", "infinity")
        for weekday in range(5):
            for start, end in OPENINGS:
                _add(lines, "schedules", *me, "-infinity", weekday, start * 60, end * 60)


def providers_of(business: int) -> int:
    return ELSEWHERE if business % CLINIC_EVERY else IN_CLINIC


def at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}+00"


def _add(lines: Lines, table: str, *values: object) -> None:
    lines.setdefault(table, []).append("\t".join(map(str, values)))
