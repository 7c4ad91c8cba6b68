"""Giving money back after a booking was confirmed: asked of the vendor until its last word."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg
from temporalio import activity

from domain.bookings import BookingRef
from domain.errors import NotFound, RefundRefused
from domain.payments import PaymentGateway, Refund, RefundState
from store import charges, payments, refunds


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Give back what the refund of this step says."""

    booking: BookingRef
    step: str


class RefundActivities:
    """The refund's row says how much; its step makes the vendor's key, so asking again finds the first one."""

    def __init__(self, pool: asyncpg.Pool, gateway: PaymentGateway) -> None:
        self._pool = pool
        self._gateway = gateway

    @activity.defn
    async def give_back(self, order: GiveBack) -> RefundState:
        """Asks for the refund, or how it stands; its state is told. One that the vendor refuses for good has failed."""
        row = await refunds.find_refund(self._pool, order.booking, order.step)
        if row is None:
            raise NotFound("no such refund was asked for")
        if row.state.is_final:
            return row.state
        payment_id = await self._payment_id(order.booking, row.charge_step)
        try:
            key, whose = order.booking.key(f"refund:{order.step}"), order.booking.booking_id
            refund = await self._gateway.refund(payment_id, row.amount, key=key, booking_id=whose)
        except RefundRefused as refused:
            refund = Refund("", row.amount, RefundState.FAILED, str(refused.facts.get("code") or refused.code))
        await refunds.save(self._pool, order.booking, order.step, refund)
        return refund.state

    async def _payment_id(self, booking: BookingRef, charge_step: str | None) -> str:
        if charge_step is None:
            found = await payments.payment_id(self._pool, booking)
        else:
            found = await charges.vendor_id(self._pool, booking, charge_step)
        if found is None:
            raise NotFound("no payment was made for this")
        return found
