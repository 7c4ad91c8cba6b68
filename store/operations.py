"""What operators did by hand: each written down once, with its line on the timeline and its change of our books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from domain.bookings import Actor, BookingRef, BookingStatus, Customer
from domain.errors import KeyReused, MalformedOperation, NotFound, RefundTooLarge, TransitionNotAllowed
from domain.messages import Channel, MessageFacts, MessageKind, Recipient
from domain.money import Money
from domain.operations import REFUNDABLE, RESENDABLE, Operation, RefundAsked, Resend, ResendMessage
from domain.sealed import is_sealed
from store import customers, refunds
from store.conditions import check_unchanged
from store.events import Connection, tell
from store.pool import Database
from store.sealing import CannotOpen

REFUND_REASON = "operator"

NOTE = """
INSERT INTO operations (business_id, booking_id, id, kind, step, said, asked_by, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING
RETURNING true
"""

FIND = "SELECT kind, step, said FROM operations WHERE business_id = $1 AND booking_id = $2 AND id = $3"

LIST = f"""
SELECT o.id, o.kind, o.step, o.said, o.asked_by, o.reason, o.asked_at, {customers.COLUMNS}
FROM operations o
JOIN bookings b ON b.business_id = o.business_id AND b.id = o.booking_id
JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
{customers.JOIN_KEY}
WHERE o.business_id = $1 AND o.booking_id = $2
ORDER BY o.asked_at, o.id
"""  # noqa: S608 (our own text)

# Which one it is among the booking's operations of its kind and step. Written down, so a repeat gets the same.
NUMBER = """
SELECT count(*) FROM operations o JOIN operations mine USING (business_id, booking_id)
WHERE o.business_id = $1 AND o.booking_id = $2 AND mine.id = $3 AND o.kind = mine.kind
  AND o.step IS NOT DISTINCT FROM mine.step AND (o.asked_at, o.id) <= (mine.asked_at, mine.id)
"""

# Locked as every change of a booking is, so that operations and changes of one booking come one after another.
LOCK = "SELECT status, sequence FROM bookings WHERE business_id = $1 AND id = $2 FOR NO KEY UPDATE"

SETTLE_MESSAGES = """
UPDATE notifications SET settled_at = now()
WHERE business_id = $1 AND booking_id = $2 AND channel = $3 AND recipient = $4 AND settled_at IS NULL
  AND split_part(split_part(split_part(kind, '-', 1), '.', 1), '+', 1) = $5
"""

# A new row for the corrected person, as a public form edits nobody either; other bookings of theirs keep the old one.
CORRECT = "UPDATE bookings SET customer_id = $3 WHERE business_id = $1 AND id = $2"

ADDRESSES = f"""
SELECT {customers.COLUMNS}, p.email AS provider_email, p.phone AS provider_sms
FROM bookings b
JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
{customers.JOIN_KEY}
JOIN providers p ON p.business_id = b.business_id AND p.id = b.provider_id
WHERE b.business_id = $1 AND b.id = $2
"""  # noqa: S608 (our own text)

FACTS = """
SELECT (SELECT sum(amount) FROM refunds WHERE business_id = $1 AND booking_id = $2 AND step LIKE 'cancel/%') AS refund,
       (SELECT amount FROM charges WHERE business_id = $1 AND booking_id = $2 AND step = 'no-show' AND state = 'captured') AS fee,
       (SELECT old_starts_at FROM reschedules WHERE business_id = $1 AND booking_id = $2 ORDER BY sequence DESC LIMIT 1) AS old,
       (SELECT price_currency FROM bookings WHERE business_id = $1 AND id = $2) AS currency
"""


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation as it was written down. `asked_by` is a code, `reason` what was said."""

    id: str
    kind: str
    step: str | None
    said: str | None
    asked_by: str
    reason: str | None
    asked_at: datetime


async def note(connection: Connection, operation: Operation) -> bool:
    """Writes the operation down and tells it, in the caller's transaction. False for a repeat: then nothing is to be done.

    Raises KeyReused where the id was another operation's, ChangedMeanwhile where the booking is not what it was.
    """
    booking = operation.booking
    kind, step, said = operation.kind.value, operation.step, operation.said
    reason = await customers.seal_words(connection, booking, operation.reason)
    known = booking.business_id, booking.booking_id, operation.id
    if await connection.fetchval(NOTE, *known, kind, step, said, operation.by, reason):
        key = f"operation:{operation.id}"
        await check_unchanged(connection, booking, operation.version)
        await tell(connection, booking, key, "operation", operation=kind, by=operation.by, step=step, said=said)
        return True
    first = await connection.fetchrow(FIND, *known)
    if first is None or (first["kind"], first["step"], first["said"]) != (kind, step, said):
        raise KeyReused("this operation id was used for another operation")
    return False


async def lock(connection: Connection, booking: BookingRef) -> tuple[BookingStatus, int]:
    """The booking's status and sequence, which stay until the transaction ends. Raises NotFound."""
    row = await connection.fetchrow(LOCK, booking.business_id, booking.booking_id)
    if row is None:
        raise NotFound("there is no such booking")
    return BookingStatus(row["status"]), row["sequence"]


async def note_alone(pool: asyncpg.Pool, operation: Operation) -> None:
    """Writes down an operation that changes nothing in our books. Repeatable. Raises KeyReused."""
    async with pool.acquire() as connection, connection.transaction():
        await lock(connection, operation.booking)
        await note(connection, operation)


async def request_refund(pool: asyncpg.Pool, operation: Operation, amount: int | None) -> RefundAsked:
    """Asks for this much of what is left, or for all of it. Repeatable: the first one's refunds are found again.

    Raises TransitionNotAllowed, RefundTooLarge, KeyReused, ChangedMeanwhile.
    """
    booking = operation.booking
    async with pool.acquire() as connection, connection.transaction():
        status, _ = await lock(connection, booking)
        is_new = await note(connection, operation)
        step = f"operator.{await _number(connection, operation)}"
        if is_new:
            await _request(connection, booking, status, step, amount)
        parts = await refunds.list_parts(connection, booking, step)
    total = Money(sum(part.amount.amount for part in parts), parts[0].amount.currency)
    return RefundAsked(total, tuple(part.step for part in parts))


async def _request(connection: Connection, booking: BookingRef, status: BookingStatus, step: str, amount: int | None) -> None:
    if status not in REFUNDABLE:
        raise TransitionNotAllowed(f"nothing is given back of a booking that is {status}", status=status.value)
    left = await refunds.read_left(connection, booking)
    if left is None or left.is_free:
        raise RefundTooLarge("nothing is left of what was paid", left=0)
    wanted = left.amount if amount is None else amount
    if wanted > left.amount:
        raise RefundTooLarge(f"only {left.amount} is left of what was paid", left=left.amount)
    money = Money(wanted, left.currency)
    await refunds.request_in_parts(connection, booking, step, money, reason=REFUND_REASON, by=Actor.STAFF)


async def _number(connection: Connection, operation: Operation) -> int:
    booking = operation.booking
    number: int = await connection.fetchval(NUMBER, booking.business_id, booking.booking_id, operation.id)
    return number


async def prepare_resend(pool: asyncpg.Pool, operation: Operation, wish: ResendMessage) -> Resend:
    """Corrects the address where that is wished, and says what the message has to tell. Repeatable.

    What was not delivered of this message before is settled with it. Raises TransitionNotAllowed, KeyReused.
    """
    booking = operation.booking
    async with pool.acquire() as connection, connection.transaction():
        status, sequence = await lock(connection, booking)
        if await note(connection, operation):
            _check_resendable(status, sequence, wish.kind)
            email, phone = await _given(connection, booking, wish)
            who = await _check_address(connection, booking, wish)
            known = booking.business_id, booking.booking_id
            if email is not None or phone is not None:
                who = replace(who, email=email or who.email, phone=phone or who.phone)
                corrected = await customers.correct(connection, booking, who)
                await connection.execute(CORRECT, *known, corrected)
            await connection.execute(SETTLE_MESSAGES, *known, wish.channel.value, wish.recipient.value, wish.kind.value)
        facts = await _facts(connection, booking, wish.kind)
        shown = sequence if wish.kind is MessageKind.RESCHEDULED else 0
        return Resend(await _number(connection, operation), shown, facts)


def _check_resendable(status: BookingStatus, sequence: int, kind: MessageKind) -> None:
    if kind not in RESENDABLE or status not in RESENDABLE[kind] or (kind is MessageKind.RESCHEDULED and not sequence):
        raise TransitionNotAllowed(f"the message {kind} would not be true of this booking", status=status.value)


async def _given(connection: Connection, booking: BookingRef, wish: ResendMessage) -> tuple[str | None, str | None]:
    """The corrected addresses, which came sealed. Raises MalformedOperation."""
    given: list[str | None] = []
    for field, sealed in (("email", wish.email), ("phone", wish.phone)):
        try:
            given.append(await customers.open_words(connection, booking, sealed))
        except CannotOpen:
            raise MalformedOperation(f"{field}: is sealed for another customer", field=field) from None
        if sealed is not None and is_sealed(given[-1] or sealed):
            raise MalformedOperation(f"{field}: only looks as if it were sealed", field=field)
    email, phone = given
    return email, phone


async def _check_address(connection: Connection, booking: BookingRef, wish: ResendMessage) -> Customer:
    """The customer. Raises MalformedOperation where there is nowhere to send it to."""
    row = await connection.fetchrow(ADDRESSES, booking.business_id, booking.booking_id)
    given = wish.email if wish.channel is Channel.EMAIL else wish.phone
    if row is not None:
        who = customers.customer_in(row)
        known = {
            Recipient.CUSTOMER: (who.email, who.phone),
            Recipient.PROVIDER: (row["provider_email"], row["provider_sms"]),
        }[wish.recipient]
        is_known = known[wish.channel is Channel.SMS] is not None
        if not who.is_erased and (given is not None or is_known):
            return who
    raise MalformedOperation("channel: the reader left no address for it", field="channel")


async def _facts(connection: Connection, booking: BookingRef, kind: MessageKind) -> MessageFacts:
    row = await connection.fetchrow(FACTS, booking.business_id, booking.booking_id)
    if row is None:
        return MessageFacts()
    if kind is MessageKind.CANCELLED and row["refund"]:
        return MessageFacts(refund=Money(int(row["refund"]), row["currency"]))
    if kind is MessageKind.NO_SHOW and row["fee"]:
        return MessageFacts(fee=Money(row["fee"], row["currency"]))
    if kind is MessageKind.RESCHEDULED:
        return MessageFacts(previous_starts_at=row["old"])
    return MessageFacts()


async def find_operation(database: Database, booking: BookingRef, operation_id: str) -> OperationRow | None:
    """The booking's operation of this id."""
    return next((row for row in await list_operations(database, booking) if row.id == operation_id), None)


async def list_operations(database: Database, booking: BookingRef) -> Sequence[OperationRow]:
    """All that operators did to the booking, the oldest first."""
    return [
        OperationRow(
            *(row["id"], row["kind"], row["step"], row["said"], row["asked_by"], customers.text_in(row, "reason")),
            asked_at=row["asked_at"],
        )
        for row in await database.fetch(LIST, booking.business_id, booking.booking_id)
    ]
