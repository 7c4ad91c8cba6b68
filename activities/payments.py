"""Money: authorise, look, capture, and the one undo for whatever has happened by then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg
from temporalio import activity

from domain.bookings import BookingRef
from domain.errors import NotFound, PaymentDeclined
from domain.money import Money
from domain.payments import NextAction, Payment, PaymentAccident, PaymentGateway, PaymentState, Refund
from store import bookings, payments


@dataclass(frozen=True, slots=True)
class AuthorisePayment:
    """Reserve this money with this payment method, at the customer's n-th try; `save` it for what may be charged later.

    With `only_reserve` nothing is charged at once. What `begins` with it is the customer's try to confirm.
    """

    booking: BookingRef
    amount: Money
    payment_method: str
    attempt: int
    return_url: str
    save: bool = False
    only_reserve: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True)
class CheckPayment:
    """Ask how the n-th try stands."""

    booking: BookingRef
    attempt: int


@dataclass(frozen=True, slots=True)
class PaymentProgress:
    """Where the money stands, what the customer has to do before it moves on, and when the vendor lets go of it."""

    state: PaymentState
    next_action: NextAction | None
    capture_before: datetime | None = None

    @property
    def is_secured(self) -> bool:
        return self.state in (PaymentState.AUTHORISED, PaymentState.CAPTURED)


class PaymentActivities:
    """One payment a booking for its whole life, so nothing repeated can take money twice."""

    def __init__(self, pool: asyncpg.Pool, gateway: PaymentGateway, vendor: str) -> None:
        self._pool = pool
        self._gateway = gateway
        self._vendor = vendor

    @activity.defn
    async def authorise_payment(self, order: AuthorisePayment) -> PaymentProgress:
        """Opens the payment, then reserves the money. Raises PaymentDeclined, PaymentMethodUnsuitable.

        The payment's id is written down before money is touched, so the undo always knows what to undo.
        """
        booking = order.booking
        if order.begins:
            await bookings.begin_confirmation(self._pool, booking, order.attempt)
        payment_id, opened = await payments.payment_id(self._pool, booking), None
        if payment_id is None:
            opened = await self._gateway.create(booking.business_id, booking.booking_id, order.amount, key=booking.key("payment"))
            await self._save(booking, opened, "payment-opened", "payment_opened")
            payment_id = opened.id
        key = booking.key(f"authorise:{order.attempt}")
        payment = await self._gateway.authorise(
            payment_id,
            order.payment_method,
            return_url=order.return_url,
            key=key,
            save=order.save,
            only_reserve=order.only_reserve,
            opened=opened,
        )
        return await self._progress(booking, payment, order.attempt)

    @activity.defn
    async def check_payment(self, check: CheckPayment) -> PaymentProgress:
        """Asks the vendor, whether or not its webhook came. Raises PaymentDeclined."""
        payment_id = await self._payment_id(check.booking)
        return await self._progress(check.booking, await self._gateway.look(payment_id), check.attempt)

    @activity.defn
    async def capture_payment(self, booking: BookingRef) -> None:
        """Takes the reserved money. Raises PaymentNotCapturable when the authorisation is gone.

        Only the first try believes our own row: of one before it the answer may be lost, and then the vendor knows better.
        """
        payment_id = await self._payment_id(booking)
        is_reserved = _is_first_try() and await payments.is_reserved(self._pool, booking)
        payment = await self._gateway.capture(payment_id, key=booking.key("capture"), is_reserved=is_reserved)
        await self._save(booking, payment, "payment-captured", "payment_captured")

    @activity.defn
    async def void_payment_if_made(self, booking: BookingRef) -> None:
        """Cancels what is reserved, refunds what was taken; a no-op where no payment was opened. Retried until it is done."""
        payment_id = await payments.payment_id(self._pool, booking)
        if payment_id is None:
            return
        undone = await self._gateway.void_or_refund(payment_id, key=booking.key("undo-payment"))
        if isinstance(undone, Refund) and not undone.is_final:
            raise PaymentAccident("the refund is not final yet")
        payment = await self._gateway.look(payment_id)
        kind = "payment_refunded" if payment.refunded else "payment_voided"
        await self._save(booking, payment, kind.replace("_", "-"), kind)

    async def _payment_id(self, booking: BookingRef) -> str:
        payment_id = await payments.payment_id(self._pool, booking)
        if payment_id is None:
            raise NotFound("no payment was opened for this booking")
        return payment_id

    async def _progress(self, booking: BookingRef, payment: Payment, attempt: int) -> PaymentProgress:
        is_taken = payment.state is PaymentState.CAPTURED  # at once; the capture that follows is no news then
        key = "payment-captured" if is_taken else f"payment:{attempt}:{payment.state}"
        await self._save(booking, payment, key, f"payment_{payment.state}")
        if payment.state in (PaymentState.DECLINED, PaymentState.CANCELLED):
            raise PaymentDeclined("the payment was declined", decline_code=payment.decline_code)
        return PaymentProgress(payment.state, payment.next_action, payment.capture_before)

    async def _save(self, booking: BookingRef, payment: Payment, key: str, kind: str) -> None:
        await payments.save(self._pool, booking, self._vendor, payment, key=key, kind=kind)


def _is_first_try() -> bool:
    return not activity.in_activity() or activity.info().attempt == 1
