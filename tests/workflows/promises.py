"""What must hold of every booking that has come to rest, however it got there."""

from __future__ import annotations

from domain.bookings import BookingRef
from domain.payments import Payment, PaymentState
from tests.orders import status_of
from tests.workflows.system import System

KEPT = {"confirmed", "completed", "no_show"}
OF_AN_END = ("cancelled", "approval_declined")


async def broken_promises(system: System, booking: BookingRef) -> list[str]:
    """In words; empty where no time is taken, no money kept or reserved and no event left without a booking, and none lacks its
    own."""
    status = await status_of(system.pool, booking)
    is_kept = status in KEPT
    claims = await system.pool.fetchval("SELECT count(*) FROM claim_seats WHERE booking_id = $1", booking.booking_id)
    found = []
    if claims != (1 if status == "confirmed" else 0):
        found.append(f"{status}, and {claims} claims")
    if (booking.booking_id in system.calendar.events) is not is_kept:
        found.append(f"{status}, and the calendar says otherwise")
    price = await system.pool.fetchval("SELECT price_amount FROM bookings WHERE id = $1", booking.booking_id)
    wanted = price if is_kept else 0
    if money_of(system, booking) != wanted:
        found.append(f"{status}, and {money_of(system, booking)} kept")
    if any(one.state is PaymentState.AUTHORISED for one in payments_of(system, booking)):
        found.append(f"{status}, and money is still reserved")
    return found


def payments_of(system: System, booking: BookingRef) -> list[Payment]:
    """All that the vendor knows of this booking."""
    known = {**system.payments.payments, **system.payments.charges}
    return [one for key, one in known.items() if str(booking.booking_id) in key]


def money_of(system: System, booking: BookingRef) -> int:
    taken = [one for one in payments_of(system, booking) if one.state is PaymentState.CAPTURED]
    return sum(one.amount.amount - one.refunded for one in taken)


def told_of(system: System, booking: BookingRef) -> list[str]:
    """The names of the messages that went out, e-mails before texts."""
    sent = [*system.email.sent, *system.sms.sent]
    return [one.key.split(":")[1] for one in sent if one.key.startswith(str(booking.booking_id))]
