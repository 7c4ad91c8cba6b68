"""Who holds times without having confirmed them, and how many at once: nobody keeps a whole day from others for nothing.

A booking counts once, however many seats it has, and a series as five, however many times. What the waitlist offers was not
asked for, and counts for nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import TooManyHolds

BOOKING, SERIES = 1, 5


@dataclass(frozen=True, slots=True)
class Holder:
    """Who asks for a hold, in keyed hashes in hexadecimal: the customer's mailbox and phone, and from where they ask. The most
    that each may hold; 0 for no limit."""

    mailbox: str
    phone: str | None
    address: str | None
    most: int
    most_from_address: int


@dataclass(frozen=True, slots=True)
class OpenHolds:
    """What is held already, by the customer or from the address, and when the first of it ends, where any is."""

    limit: str
    count: int
    next_end: datetime | None


def check_open(found: Sequence[OpenHolds], holder: Holder, weight: int, now: datetime) -> None:
    """Raises TooManyHolds where this is one too many. The first is never, whatever it weighs."""
    most = {"customer": holder.most, "address": holder.most_from_address}
    for one in found:
        if most[one.limit] and one.count and one.count + weight > most[one.limit]:
            wait = 1 if one.next_end is None else max(1, round((one.next_end - now).total_seconds()))
            raise TooManyHolds(
                f"this {one.limit} holds as much as may be held at once: confirm or cancel some of it first, or come again in"
                f" {wait} s, when the first of it ends",
                limit=one.limit,
                most=most[one.limit],
                retry_after=wait,
            )


def mailbox(email: str) -> str:
    """Equal for all the ways in which mail reaches one person: in capitals, and with something after a plus."""
    local, _, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
