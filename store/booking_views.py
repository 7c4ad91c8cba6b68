"""Bookings as their readers see them, put together from rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from domain.approvals import ApprovalState
from domain.bookings import BookingRef, BookingStatus, Customer, PaymentTiming
from domain.money import Money
from domain.payments import NextAction, RefundState
from store.customers import customer_in, text_in


@dataclass(frozen=True, slots=True)
class PaymentView:
    """How the booking's payment stands."""

    state: str
    amount: Money
    refunded: int
    next_action: NextAction | None


@dataclass(frozen=True, slots=True)
class RefundView:
    """Money on its way back since the booking was confirmed; `reason` is a code."""

    amount: Money
    state: RefundState
    reason: str


@dataclass(frozen=True, slots=True)
class ChargeView:
    """What was charged after the first payment; `reason` is a code."""

    amount: Money
    state: str
    reason: str
    decline_code: str | None


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """How the provider's yes stands, and until when they have time for it."""

    state: ApprovalState
    decide_by: datetime
    payment_needed: bool


@dataclass(frozen=True, slots=True)
class BookingView:
    """One booking with everything its readers want to see. The price is for all seats."""

    ref: BookingRef
    service_id: UUID
    service_name: str
    provider_id: UUID
    provider_name: str
    provider_timezone: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    price: Money
    payment_timing: PaymentTiming
    status: BookingStatus
    status_reason: str | None
    hold_expires_at: datetime
    created_at: datetime
    customer: Customer
    payment: PaymentView | None
    manage_token_hash: bytes
    request_hash: bytes
    resource_ids: Sequence[UUID] = ()
    override_reason: str | None = None
    series_id: UUID | None = None
    refunds: Sequence[RefundView] = ()
    charges: Sequence[ChargeView] = ()
    approval: ApprovalView | None = None
    version: int | None = None
    """The last line of its timeline: see check_unchanged."""

    @property
    def is_held_with_series(self) -> bool:
        """Whether it is one of a series that is not confirmed yet, so that only the series has a workflow."""
        return self.series_id is not None and self.status in (BookingStatus.PENDING, BookingStatus.CONFIRMING)


def booking_in(row: asyncpg.Record) -> BookingView:
    """The booking in a row of COLUMNS."""
    return BookingView(
        ref=BookingRef(row["business_id"], row["id"]),
        service_id=row["service_id"],
        service_name=row["service_name"],
        provider_id=row["provider_id"],
        provider_name=row["provider_name"],
        provider_timezone=row["provider_timezone"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        seats=row["seats"],
        price=Money(row["price_amount"], row["price_currency"]),
        payment_timing=PaymentTiming(row["payment"]),
        status=BookingStatus(row["status"]),
        status_reason=row["status_reason"],
        hold_expires_at=row["hold_expires_at"],
        created_at=row["created_at"],
        customer=customer_in(row),
        payment=_payment_in(row) if row["payment_state"] else None,
        manage_token_hash=row["manage_token_hash"],
        request_hash=row["request_hash"],
        resource_ids=row["resource_ids"],
        override_reason=text_in(row, "override_reason"),
        series_id=row["series_id"],
        refunds=[
            RefundView(Money(amount, currency), RefundState(state), reason)
            for amount, currency, state, reason in row["refunds"] or ()
        ],
        charges=[
            ChargeView(Money(amount, currency), state, reason, code)
            for amount, currency, state, reason, code in row["charges"] or ()
        ],
        approval=_approval_in(row) if row["decide_by"] else None,
        version=row["version"],
    )


def _approval_in(row: asyncpg.Record) -> ApprovalView:
    """A wait that ended without a verdict ended with the booking: by silence, or before anybody could answer."""
    status = BookingStatus(row["status"])
    if row["verdict"] is not None:
        state = ApprovalState(row["verdict"])
    elif not status.is_final:
        state = ApprovalState.WAITING
    else:
        state = ApprovalState.LAPSED if status is BookingStatus.EXPIRED else ApprovalState.WITHDRAWN
    return ApprovalView(state, row["decide_by"], row["payment_needed"] and not status.is_final)


def _payment_in(row: asyncpg.Record) -> PaymentView:
    action = row["next_action"]
    return PaymentView(
        state=row["payment_state"],
        amount=Money(row["payment_amount"], row["payment_currency"]),
        refunded=row["refunded"],
        next_action=NextAction(**action) if action else None,
    )
