"""Tokens that let their holder see and change one thing: `mt_…` a booking, `wt_…` a place on a waitlist.

Each reads `{kind}_{business id}_{secret}`; `ot_{secret}` is good for one thing once. The secret is derived from the thing's id,
so that a repeated POST gets the same; the database keeps only its SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from uuid import UUID

from domain.bookings import BookingRef

BOOKING, WAITLIST = "mt", "wt"


def manage_token(secret: str, booking: BookingRef) -> str:
    """The booking's token under this deployment's secret."""
    return _token(BOOKING, secret, b"manage:", booking.business_id, booking.booking_id)


def entry_token(secret: str, business_id: UUID, entry_id: UUID) -> str:
    """The token of an entry of the waitlist under this deployment's secret."""
    return _token(WAITLIST, secret, b"waitlist:", business_id, entry_id)


def one_time_token(secret: str, token_id: UUID) -> str:
    """What stands in a mail that is good for one thing once. Derived too: a mail that is sent again carries the same, and neither
    the database nor Temporal knows it."""
    digest = hmac.digest(secret.encode(), b"once:" + token_id.bytes, "sha256")
    return f"ot_{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _token(kind: str, secret: str, purpose: bytes, business_id: UUID, thing: UUID) -> str:
    digest = hmac.digest(secret.encode(), purpose + business_id.bytes + thing.bytes, "sha256")
    return f"{kind}_{business_id.hex}_{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def token_hash(token: str) -> bytes:
    """What is kept of a token, a key or a code: each has at least 112 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def matches(token: str, kept: bytes) -> bool:
    """Whether this is the token behind the hash, in constant time."""
    return hmac.compare_digest(token_hash(token), kept)


def business_of_token(token: str, kind: str = BOOKING) -> UUID | None:
    """The business that a token of this kind names; None when it has not the form of one."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != kind or len(parts[1]) != 32:
        return None
    try:
        return UUID(hex=parts[1])
    except ValueError:
        return None
