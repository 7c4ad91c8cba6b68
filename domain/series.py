"""Bookings that repeat: how they are held, paid and given up together, and what each of them is by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.bookings import BookingRef, BookingStatus, HoldSlot, Quota
from domain.money import Money
from domain.rules import Rule


class SeriesMode(StrEnum):
    """What happens when not every time can be held."""

    ALL_OR_NOTHING = "all_or_nothing"
    BEST_EFFORT = "best_effort"


class SeriesPayment(StrEnum):
    """Whether all is paid when the series is confirmed, or each occurrence some days before it takes place."""

    PER_OCCURRENCE = "per_occurrence"
    AT_ONCE = "at_once"


class Scope(StrEnum):
    """How much of a confirmed series is cancelled: one booking, it and all after it, or all that is still to come."""

    ONE = "one"
    FROM_HERE = "from_here"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SeriesRef:
    """Which series of which business."""

    business_id: UUID
    series_id: UUID

    @property
    def workflow_id(self) -> str:
        """One address for the series' whole life."""
        return f"series-{self.series_id}"


@dataclass(frozen=True, slots=True)
class WantedOccurrence:
    """One time of the series that is free as far as anybody knows, and the booking that it becomes."""

    number: int
    booking_id: UUID
    provider_id: UUID
    starts_at: datetime
    manage_token_hash: str
    is_shifted: bool = False
    resource_ids: tuple[UUID, ...] = ()
    quotas: tuple[Quota, ...] = ()
    assigned_by: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedOccurrence:
    """One time of the series that cannot be had: by which rule, and the entry or setting behind it."""

    number: int
    starts_at: datetime
    rule: Rule
    source: str
    is_shifted: bool = False


@dataclass(frozen=True, slots=True)
class HoldSeries:
    """All that is needed to hold a series, worked out and checked by the API before its workflow starts.

    `pattern` is the order of which every occurrence is a copy at another time; its booking is none of the series.
    The hashes are SHA-256 in hexadecimal.
    """

    ref: SeriesRef
    pattern: HoldSlot
    wanted: tuple[WantedOccurrence, ...]
    refused: tuple[RefusedOccurrence, ...]
    rule: str
    zone: str
    provider_id: UUID | None
    mode: SeriesMode
    payment: SeriesPayment
    manage_token_hash: str
    request_hash: str

    def order(self, one: WantedOccurrence) -> HoldSlot:
        """The order of one occurrence, as if it were booked alone."""
        like = self.pattern
        return replace(
            like,
            booking_id=one.booking_id,
            provider_id=one.provider_id,
            starts_at=one.starts_at,
            ends_at=one.starts_at + (like.ends_at - like.starts_at),
            blocks_from=one.starts_at - (like.starts_at - like.blocks_from),
            blocks_until=one.starts_at + (like.blocks_until - like.starts_at),
            manage_token_hash=one.manage_token_hash,
            resource_ids=one.resource_ids,
            quotas=one.quotas,
            assigned_by=one.assigned_by,
        )


@dataclass(frozen=True, slots=True)
class HeldSeries:
    """Until when the series is held, and which of its bookings are, in order of their start."""

    expires_at: datetime
    booking_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CloseSeries:
    """End a series that was not confirmed, with all its bookings. `reason` is a code, `words` are what people said."""

    ref: SeriesRef
    status: BookingStatus
    reason: str
    words: str | None = None


def due_now(payment: SeriesPayment, price: Money, count: int) -> Money:
    """What is paid when a series is confirmed of which each occurrence costs `price`."""
    return price if payment is SeriesPayment.PER_OCCURRENCE else price.times(count)


def payer(ref: SeriesRef, held: HeldSeries) -> BookingRef:
    """The booking whose payment pays first: the earliest."""
    return BookingRef(ref.business_id, held.booking_ids[0])
