"""Tokens of links that let whoever has them change one booking once, or decide on it once.

A token reads `lk_{business id}_{secret}`. The secret is derived from the booking and the link's name, so that a message that is
sent again carries the same; the database keeps only its SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from enum import StrEnum
from uuid import UUID

from domain.bookings import BookingRef

PREFIX = "lk"


class LinkPurpose(StrEnum):
    """What a link is good for, and nothing else: a customer's change, or the provider's yes or no."""

    CHANGE = "change"
    APPROVAL = "approval"


def link_token(secret: str, booking: BookingRef, name: str) -> str:
    """The token of the booking's link of this name under this deployment's secret."""
    message = b"link:" + booking.business_id.bytes + booking.booking_id.bytes + name.encode()
    digest = hmac.digest(secret.encode(), message, "sha256")
    return f"{PREFIX}_{booking.business_id.hex}_{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def link_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def business_of_link(token: str) -> UUID | None:
    """The business that a link's token names; None when it has not the form of one."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != PREFIX or len(parts[1]) != 32:
        return None
    try:
        return UUID(hex=parts[1])
    except ValueError:
        return None
