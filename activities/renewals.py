"""Money that is reserved anew while a booking waits: the new payment first, then the old one's end, and the undo of it all."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg
from temporalio import activity

from activities.payments import PaymentProgress
from domain.bookings import BookingRef
from domain.errors import NotFound, PaymentDeclined
from domain.money import Money
from domain.payments import Payment, PaymentAccident, PaymentGateway, PaymentState, Refund
from store import renewals
from store.renewals import Renewal

LEFT = (PaymentState.CREATED, PaymentState.ACTION_REQUIRED, PaymentState.PROCESSING)


@dataclass(frozen=True, slots=True)
class RenewPayment:
    """Reserve this money for the n-th time anew (counts from 1): with this method, or without one with the saved one."""

    booking: BookingRef
    amount: Money
    number: int
    payment_method: str | None = None
    return_url: str = ""


@dataclass(frozen=True, slots=True)
class RenewalRef:
    """The n-th renewal of a booking's payment."""

    booking: BookingRef
    number: int

    @property
    def key(self) -> str:
        return self.booking.key(f"renew:{self.number}")


class RenewalActivities:
    """A renewal is a payment of its own, under a key of its own. As soon as its money is reserved it is the booking's payment,
    the only one that is ever captured."""

    def __init__(self, pool: asyncpg.Pool, gateway: PaymentGateway) -> None:
        self._pool = pool
        self._gateway = gateway

    @activity.defn
    async def renew_payment(self, order: RenewPayment) -> PaymentProgress:
        """Reserves the money anew; what was reserved before stays so. Raises PaymentDeclined, PaymentMethodUnsuitable."""
        ref = RenewalRef(order.booking, order.number)
        renewal = await renewals.begin(self._pool, order.booking, order.number)
        if order.payment_method is None:
            payment = await self._gateway.renew(renewal.old_vendor_id, order.amount, key=ref.key)
        else:
            payment = await self._pay_with(order, order.payment_method, renewal, ref.key)
        return await self._progress(ref, payment)

    @activity.defn
    async def check_renewal(self, ref: RenewalRef) -> PaymentProgress:
        """Asks the vendor how a renewal stands that waits for the customer or their bank. Raises PaymentDeclined."""
        renewal = await self._find(ref)
        if renewal.vendor_id is None:
            raise NotFound("this renewal never came to be")
        return await self._progress(ref, await self._gateway.look(renewal.vendor_id))

    @activity.defn
    async def void_replaced_payment(self, ref: RenewalRef) -> None:
        """Lets go of what was reserved before this renewal, where its place is taken, and of tries in between that a customer
        left at their bank's page. Retried until it is done."""
        renewal = await self._find(ref)
        if renewal.state != PaymentState.AUTHORISED:
            return
        await self._void(ref, "replaced_voided", renewal.old_vendor_id, f"{ref.key}:old")
        for earlier in await renewals.list_renewals(self._pool, ref.booking):
            if earlier.number < ref.number and earlier.vendor_id and earlier.state in LEFT:
                left = RenewalRef(ref.booking, earlier.number)
                await self._void(left, "renewal_voided", earlier.vendor_id, f"{left.key}:undo")

    @activity.defn
    async def void_renewals_if_made(self, booking: BookingRef) -> None:
        """Undoes every renewal and whatever any of them replaced; a no-op where none was begun. Retried until it is done."""
        for renewal in await renewals.list_renewals(self._pool, booking):
            ref = RenewalRef(booking, renewal.number)
            await self._void(ref, "replaced_voided", renewal.old_vendor_id, f"{ref.key}:old")
            vendor_id = renewal.vendor_id or await self._undo_unheard(ref, renewal)
            if vendor_id is not None:
                await self._void(ref, "renewal_voided", vendor_id, f"{ref.key}:undo")

    async def _pay_with(self, order: RenewPayment, payment_method: str, renewal: Renewal, key: str) -> Payment:
        """Opens a payment for the new method; its id is written down before money is touched."""
        booking = order.booking
        vendor_id = renewal.vendor_id
        if vendor_id is None:
            opened = await self._gateway.create(booking.business_id, booking.booking_id, order.amount, key=f"{key}:payment")
            await renewals.save(self._pool, booking, order.number, opened)
            vendor_id = opened.id
        return await self._gateway.authorise(
            vendor_id, payment_method, return_url=order.return_url, key=f"{key}:authorise", save=True, only_reserve=True
        )

    async def _undo_unheard(self, ref: RenewalRef, renewal: Renewal) -> str | None:
        """The id of a payment whose answer never came; it carries its key, by which the vendor finds it."""
        undone = await self._gateway.undo_charge_if_made(renewal.old_vendor_id, key=ref.key)
        return undone.id if isinstance(undone, Payment) else None

    async def _void(self, ref: RenewalRef, kind: str, vendor_id: str, key: str) -> None:
        undone = await self._gateway.void_or_refund(vendor_id, key=key)
        if isinstance(undone, Refund) and not undone.is_final:
            raise PaymentAccident("the refund is not final yet")
        await renewals.note_voided(self._pool, ref.booking, ref.number, kind, vendor_id)

    async def _find(self, ref: RenewalRef) -> Renewal:
        found = await renewals.list_renewals(self._pool, ref.booking, ref.number)
        if not found:
            raise NotFound("there is no such renewal")
        return found[0]

    async def _progress(self, ref: RenewalRef, payment: Payment) -> PaymentProgress:
        await renewals.save(self._pool, ref.booking, ref.number, payment)
        if payment.state in (PaymentState.DECLINED, PaymentState.CANCELLED):
            raise PaymentDeclined("the payment was declined", decline_code=payment.decline_code)
        return PaymentProgress(payment.state, payment.next_action, payment.capture_before)
