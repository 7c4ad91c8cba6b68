"""What a booking is and how it may change: its statuses, the allowed transitions, its people and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.errors import TransitionNotAllowed
from domain.holders import Holder
from domain.money import Money
from domain.policies import USUAL, Policies
from domain.rules import Rule


class BookingStatus(StrEnum):
    """Where a booking stands. `pending` holds the slot; the last five are final, though a completed one may become a no-show."""

    PENDING = "pending"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in FINAL


FINAL = frozenset(
    {
        BookingStatus.COMPLETED,
        BookingStatus.NO_SHOW,
        BookingStatus.EXPIRED,
        BookingStatus.CANCELLED,
        BookingStatus.FAILED,
    }
)

ALLOWED_TRANSITIONS: Mapping[BookingStatus, frozenset[BookingStatus]] = {
    BookingStatus.PENDING: frozenset(
        {BookingStatus.CONFIRMING, BookingStatus.EXPIRED, BookingStatus.CANCELLED, BookingStatus.FAILED}
    ),
    BookingStatus.CONFIRMING: frozenset(
        {
            BookingStatus.PENDING,  # a declined card leaves the hold
            BookingStatus.CONFIRMED,
            BookingStatus.EXPIRED,
            BookingStatus.CANCELLED,
            BookingStatus.FAILED,
        }
    ),
    BookingStatus.CONFIRMED: frozenset({BookingStatus.COMPLETED, BookingStatus.NO_SHOW, BookingStatus.CANCELLED}),
    BookingStatus.COMPLETED: frozenset({BookingStatus.NO_SHOW}),  # staff find out later
    BookingStatus.NO_SHOW: frozenset(),
    BookingStatus.EXPIRED: frozenset(),
    BookingStatus.CANCELLED: frozenset(),
    BookingStatus.FAILED: frozenset(),
}


def check_transition(present: BookingStatus, target: BookingStatus) -> None:
    """Raises TransitionNotAllowed unless a booking may go from `present` to `target`."""
    if target not in ALLOWED_TRANSITIONS[present]:
        raise TransitionNotAllowed(f"a booking that is {present} cannot become {target}", status=present.value)


class Actor(StrEnum):
    """Who changed a booking: its customer by the manage token, or the business by its API key."""

    CUSTOMER = "customer"
    STAFF = "staff"


class PaymentTiming(StrEnum):
    """Whether a service is paid when it is booked."""

    ONLINE = "online"
    NONE = "none"


class OnCalendarFailure(StrEnum):
    """What a business wants when the provider's calendar cannot be written."""

    UNDO = "undo"
    CONFIRM_ANYWAY = "confirm_anyway"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who books. `email` is normalised, `phone` is E.164, `timezone` an IANA name, `locale` a BCP 47 tag."""

    name: str
    email: str
    phone: str | None
    timezone: str
    locale: str

    @property
    def is_erased(self) -> bool:
        """Whether nobody knows any more who they were."""
        return self.email == ERASED.email


ERASED = Customer("[erased]", "erased@customer.invalid", None, "UTC", "en")
"""Who is shown where the customer was erased: nobody has this address (RFC 2606), and nobody is written to at it."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One booking as messages and calendars tell it: who, what, where and when, in the zones of both sides.

    `sequence` counts its changes since it was confirmed. `business_locale` is what those are written to in who have none.
    """

    booking_id: UUID
    business_id: UUID
    business_name: str
    service_name: str
    provider_name: str
    provider_timezone: str
    calendar_id: str | None
    starts_at: datetime
    ends_at: datetime
    seats: int
    price: Money | None
    customer: Customer
    sequence: int = 0
    business_locale: str = "en"
    provider_email: str | None = None
    provider_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `most` bookings of this provider or resource, or of this service, may start in this day or week.

    Checked again at the hold, since others may book at the same moment.
    """

    since: datetime
    until: datetime
    most: int
    provider_id: UUID | None = None
    service_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that staff set aside for a booking, and the entry or setting behind it."""

    rule: Rule
    source: str


@dataclass(frozen=True, slots=True)
class HoldSlot:
    """All that is needed to hold one slot, worked out and checked by the API before the workflow starts.

    `blocks_from` and `blocks_until` are the slot with its buffers: the time the claim occupies. The price is for all seats.
    The hashes are SHA-256 in hexadecimal. `assigned_by` says why this provider was chosen, where any would have done;
    `broken_rules` what staff set aside, for `override_reason`. The `policies` stay the booking's own.
    With `saves_method` the vendor keeps what paid, for what may have to be charged later. A time that is offered to somebody who
    waits names their `waitlist_entry_id`. The `holder` is who may hold only so much at once.
    Who books is a row of the store, `customer_id`, so that nothing personal travels; `override_reason` is sealed. Orders from
    before have a `customer` instead.
    """

    business_id: UUID
    booking_id: UUID
    service_id: UUID
    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    blocks_from: datetime
    blocks_until: datetime
    capacity: int
    seats: int
    price: Money
    payment: PaymentTiming
    customer: Customer | None
    manage_token_hash: str
    request_hash: str
    resource_ids: tuple[UUID, ...] = ()
    quotas: tuple[Quota, ...] = ()
    assigned_by: str | None = None
    override_reason: str | None = None
    broken_rules: tuple[BrokenRule, ...] = ()
    policies: Policies = USUAL
    saves_method: bool = False
    waitlist_entry_id: UUID | None = None
    holder: Holder | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BookingRef:
    """Which booking of which business. Carries nothing personal."""

    business_id: UUID
    booking_id: UUID

    @property
    def workflow_id(self) -> str:
        """One address for the booking's whole life."""
        return f"booking-{self.booking_id}"

    def key(self, step: str) -> str:
        """The idempotency key of one step towards the outside (promise 4)."""
        return f"{self.booking_id}:{step}"
