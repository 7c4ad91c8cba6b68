"""Charging more after the first payment, on the method that it saved: a dearer time, the fee of a no-show."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg
from temporalio import activity

from domain.bookings import BookingRef
from domain.errors import NotFound
from domain.money import Money
from domain.payments import PaymentAccident, PaymentGateway, PaymentState, Refund
from store import charges, payments


@dataclass(frozen=True, slots=True)
class ChargeSaved:
    """Charge this for this step, because of this (a code)."""

    booking: BookingRef
    step: str
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class Charged:
    """How the charge stands. `decline_code` is the vendor's where the bank said no."""

    state: PaymentState
    decline_code: str | None = None

    @property
    def is_final(self) -> bool:
        return self.state in (PaymentState.CAPTURED, PaymentState.DECLINED)


class ChargeActivities:
    """One charge a step for the booking's whole life: asking again finds the first one, and a no is never asked again."""

    def __init__(self, pool: asyncpg.Pool, gateway: PaymentGateway) -> None:
        self._pool = pool
        self._gateway = gateway

    @activity.defn
    async def charge_saved_method(self, order: ChargeSaved) -> Charged:
        """Charges, or asks how the charge stands; its state is told. The row is there before any money moves."""
        booking = order.booking
        async with self._pool.acquire() as connection, connection.transaction():
            await charges.request(connection, booking, order.step, order.amount, reason=order.reason)
        row = await charges.find_charge(self._pool, booking, order.step)
        if row is not None and row.is_final:
            return Charged(PaymentState(row.state), row.decline_code)
        payment_id = await payments.payment_id(self._pool, booking)
        if payment_id is None:
            raise NotFound("no payment was made for this booking")
        amount = row.amount if row else order.amount
        key = booking.key(f"charge:{order.step}")
        payment = await self._gateway.charge_saved(payment_id, amount, key=key, booking_id=booking.booking_id)
        await charges.save(self._pool, booking, order.step, payment)
        state = PaymentState.DECLINED if payment.state is PaymentState.CANCELLED else payment.state
        return Charged(state, payment.decline_code)

    @activity.defn
    async def undo_charge_if_made(self, order: ChargeSaved) -> None:
        """Voids or gives back what was charged for this step, also where the vendor's answer never came. Retried until it is
        done; a no-op where nothing was charged."""
        row = await charges.find_charge(self._pool, order.booking, order.step)
        payment_id = await payments.payment_id(self._pool, order.booking)
        if row is None or payment_id is None:
            return
        key = order.booking.key(f"charge:{order.step}")
        undone = await self._gateway.undo_charge_if_made(payment_id, key=key)
        if isinstance(undone, Refund) and not undone.is_final:
            raise PaymentAccident("the refund is not final yet")
        await charges.save_undone(self._pool, order.booking, order.step)
