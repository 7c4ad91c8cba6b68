"""What the vendors' stand-ins say was done for each customer, beside what their bookings say should have been."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from store.customers import COLUMNS, JOIN_KEY, customer_in

BOOKED = ("confirmed", "completed", "no_show")
BY_CUSTOMER = f"""
SELECT {COLUMNS}, b.id, b.status, b.price_amount + coalesce(
           (SELECT sum(h.amount) FROM charges h WHERE h.business_id = b.business_id AND h.booking_id = b.id
             AND h.step = 'no-show' AND h.state = 'captured'), 0)::int AS due
FROM bookings b JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id {JOIN_KEY}
"""  # noqa: S608 (our own text)


@dataclass(slots=True)
class Customer:
    """Their bookings by id, each with its status and what it costs, and what the vendors have for them."""

    bookings: dict[str, tuple[str, int]] = field(default_factory=dict)
    payments: list[dict[str, Any]] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def booked(self) -> list[str]:
        return [booking_id for booking_id, (status, _) in self.bookings.items() if status in BOOKED]


@dataclass(slots=True)
class Differences:
    """What is wrong, by customer, and how many messages went out twice under one id."""

    wrong: dict[str, list[str]] = field(default_factory=dict)
    copies: int = 0


async def compare(
    pool: asyncpg.Pool, state: dict[str, list[dict[str, Any]]], emails: Sequence[str], *, is_stormy: bool = False
) -> Differences:
    """Looks at these customers, who have come to rest and whose cancellations cost nothing. `is_stormy`: the vendors themselves
    doubled messages and lost their answers again and again, so that copies are only counted."""
    customers = {email: Customer() for email in emails}
    owners = await _owners(pool, customers)
    for payment in state["payments"]:
        if (customer_of := owners.get(payment["booking_id"])) is not None:
            customer_of.payments.append(payment)
    for event in state["calendar_events"]:
        if event["status"] == "confirmed" and (customer_of := owners.get(event["booking_id"])) is not None:
            customer_of.events[event["booking_id"]] += 1
    for message in state["messages"]:
        if (customer_of := owners.get(message["to"])) is not None:
            customer_of.messages.append(message)
    differences = Differences()
    for email, customer in customers.items():
        if wrong := [*_money(customer), *_events(customer), *_messages(customer, is_stormy=is_stormy)]:
            differences.wrong[email] = wrong
        differences.copies += _copies(customer)
    return differences


async def _owners(pool: asyncpg.Pool, customers: dict[str, Customer]) -> dict[str, Customer]:
    """Gives the customers their bookings; says whose each booking, address and number is."""
    owners: dict[str, Customer] = {}
    for row in await pool.fetch(BY_CUSTOMER):
        who = customer_in(row)
        if who.email not in customers:
            continue
        customer = owners[str(row["id"])] = owners[who.email] = customers[who.email]
        owners |= {who.phone: customer} if who.phone else {}
        customer.bookings[str(row["id"])] = row["status"], row["due"]
    return owners


def _money(customer: Customer) -> Iterator[str]:
    due = sum(customer.bookings[one][1] for one in customer.booked)
    kept = sum(payment["captured"] - payment["refunded"] for payment in customer.payments)
    if kept != due:
        yield f"the vendor keeps {kept} for bookings of {due}"
    if any(payment["state"] == "requires_capture" for payment in customer.payments):
        yield "money is still reserved"


def _events(customer: Customer) -> Iterator[str]:
    for booking_id in customer.bookings:
        wanted = int(booking_id in customer.booked)
        if customer.events[booking_id] != wanted:
            yield f"{customer.events[booking_id]} calendar events instead of {wanted}"


def _messages(customer: Customer, *, is_stormy: bool) -> Iterator[str]:
    """Copies under one id are what a mail server keeps after a crash; the same words under two ids are two messages."""
    if customer.booked and not customer.messages:
        yield "a booking is confirmed and its customer has no message"
    if is_stormy:
        return
    ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for message in customer.messages:
        ids[message["channel"], message["text"]].append(message["id"])
    for (channel, text), sent in ids.items():
        if len(set(sent)) > 1 or len(sent) > 2:
            yield f"{len(sent)} times by {channel}: {text[:60]!r}"


def _copies(customer: Customer) -> int:
    sent = Counter((message["channel"], message["text"]) for message in customer.messages)
    return sum(times - 1 for times in sent.values())
