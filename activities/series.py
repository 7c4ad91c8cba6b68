"""What a series does to our own database and to its payments: held, paid and given up as one, and each occurrence in its turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from temporalio import activity

from activities.charges import Charged
from domain.bookings import BookingRef
from domain.errors import NotFound
from domain.payments import Payment, PaymentAccident, PaymentGateway, PaymentState, Refund
from domain.series import CloseSeries, HeldSeries, HoldSeries, SeriesRef
from store import payments, series
from store.events import tell

SAVED = "saved-method"
UNPAID = "unpaid"


@dataclass(frozen=True, slots=True)
class HoldSeriesFor:
    """Hold this series for so many seconds, where whoever asked for it still waits: they do until `answer_by`."""

    series: HoldSeries
    seconds: float
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeriesAttempt:
    """The customer's n-th try to confirm; counts from 1. `reason` says why it ended, where it has."""

    ref: SeriesRef
    attempt: int
    reason: str | None = None


class SeriesActivities:
    """Each is one transaction, repeatable by the keys of its lines on the bookings' timelines."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def hold_series(self, hold: HoldSeriesFor) -> HeldSeries:
        """Holds all times or as many as are free, as it is wanted. Raises SlotTaken and HoldTooLate, with nothing written."""
        return await series.hold(self._pool, hold.series, timedelta(seconds=hold.seconds), hold.answer_by)

    @activity.defn
    async def begin_series(self, attempt: SeriesAttempt) -> None:
        """The customer has confirmed: from now on the series is being paid."""
        await series.begin(self._pool, attempt.ref, attempt.attempt)

    @activity.defn
    async def return_series_to_hold(self, attempt: SeriesAttempt) -> None:
        """The card was refused: all times stay held and another card may be tried."""
        await series.return_to_hold(self._pool, attempt.ref, attempt.attempt, attempt.reason)

    @activity.defn
    async def secure_series(self, ref: SeriesRef) -> None:
        """Makes all holds permanent, or none. Raises HoldExpired when another has taken one of the times since."""
        await series.secure(self._pool, ref)

    @activity.defn
    async def confirm_series(self, ref: SeriesRef) -> None:
        """All bookings are confirmed, and what was paid for all is divided among them."""
        await series.confirm(self._pool, ref)

    @activity.defn
    async def close_series(self, close: CloseSeries) -> None:
        """Undoes the hold and gives all bookings their final status; a no-op where no hold ever happened."""
        await series.close(self._pool, close)

    @activity.defn
    async def release_unpaid(self, booking: BookingRef) -> None:
        """Gives the time of an occurrence back that was not paid. Raises TransitionNotAllowed."""
        await series.release_unpaid(self._pool, booking, UNPAID)


class OccurrencePaymentActivities:
    """The payment of one occurrence: on the method that its series' first payment saved, some days before it takes place."""

    def __init__(self, pool: asyncpg.Pool, gateway: PaymentGateway, vendor: str) -> None:
        self._pool = pool
        self._gateway = gateway
        self._vendor = vendor

    @activity.defn
    async def charge_occurrence(self, booking: BookingRef) -> Charged:
        """Charges what the booking costs now, or asks how the charge stands. A bank that says no is never asked again, and leaves
        no payment behind, so that another method may pay."""
        amount, payer_vendor_id = await series.read_unpaid(self._pool, booking)
        if payer_vendor_id is None:
            raise NotFound("no payment was made for this series")
        key = booking.key(SAVED)
        payment = await self._gateway.charge_saved(payer_vendor_id, amount, key=key, booking_id=booking.booking_id)
        if payment.state is PaymentState.CAPTURED:
            told = "payment-captured"
            await payments.save(self._pool, booking, self._vendor, payment, key=told, kind="payment_captured")
        elif payment.state is not PaymentState.PROCESSING:
            await self._tell_declined(booking, payment)
            return Charged(PaymentState.DECLINED, payment.decline_code)
        return Charged(payment.state)

    @activity.defn
    async def undo_occurrence_charge_if_made(self, booking: BookingRef) -> None:
        """Voids or gives back what the saved method was charged for this booking, also where the vendor's answer never came.

        Retried until it is done; a no-op where nothing was charged.
        """
        _, payer_vendor_id = await series.read_unpaid(self._pool, booking)
        if payer_vendor_id is None:
            return
        undone = await self._gateway.undo_charge_if_made(payer_vendor_id, key=booking.key(SAVED))
        if isinstance(undone, Refund) and not undone.is_final:
            raise PaymentAccident("the refund is not final yet")
        if undone is not None:
            async with self._pool.acquire() as connection, connection.transaction():
                await tell(connection, booking, f"charge:{SAVED}:undone", "charge_undone", step=SAVED)

    async def _tell_declined(self, booking: BookingRef, payment: Payment) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await tell(
                connection,
                booking,
                f"payment:{SAVED}:declined",
                "payment_declined",
                step=SAVED,
                amount=payment.amount.amount,
                currency=payment.amount.currency,
                code=payment.decline_code,
            )
