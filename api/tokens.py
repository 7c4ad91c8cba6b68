"""The manage token: whoever holds it may see, confirm and cancel one booking.

It reads `mt_{business id}_{secret}`. The secret is derived from the booking's id, so that a repeated POST gets the same
token; the database keeps only its SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from uuid import UUID

from domain.bookings import BookingRef


def manage_token(secret: str, booking: BookingRef) -> str:
    """The booking's token under this deployment's secret."""
    message = b"manage:" + booking.business_id.bytes + booking.booking_id.bytes
    digest = hmac.digest(secret.encode(), message, "sha256")
    return f"mt_{booking.business_id.hex}_{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def matches(token: str, kept: bytes) -> bool:
    """Whether this is the token behind the hash, in constant time."""
    return hmac.compare_digest(token_hash(token), kept)


def business_of_token(token: str) -> UUID | None:
    """The business that a token names; None when it has not the form of one."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != "mt" or len(parts[1]) != 32:
        return None
    try:
        return UUID(hex=parts[1])
    except ValueError:
        return None
