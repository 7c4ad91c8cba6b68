"""Who asks for a hold, as it is counted: the customer's mailbox and phone and the address, none of which can be read from it."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from uuid import UUID

import asyncpg
from cachetools import TTLCache

from api.middleware.client_address import subject_of
from api.middleware.limiting import present_meter
from domain.errors import TooManyHolds
from domain.holders import Holder, mailbox
from settings import Settings
from store import open_holds

REMEMBERED = 30.0
"""Seconds for which whoever was refused is looked up before anything is begun for them."""


def holder_of(settings: Settings, business_id: UUID, email: str, phone: str | None) -> Holder | None:
    """Whoever asks here and now; None where nobody counts. Behind a network without limits everybody has the same address."""
    meter = present_meter()
    most, most_from_address = settings.holds_per_customer, settings.holds_per_address
    address = None if meter is None or meter.is_free or meter.address is None else subject_of(meter.address)
    if not most and not (most_from_address and address):
        return None
    secret = settings.token_secret.get_secret_value().encode()

    def hashed(kind: str, value: str) -> str:
        said = business_id.bytes + f"{kind}\n{value}".encode()
        return hmac.digest(secret, b"holder:" + said, "sha256")[:16].hex()

    return Holder(
        hashed("mailbox", mailbox(email)),
        hashed("phone", phone) if phone else None,
        hashed("address", address) if address else None,
        most,
        most_from_address,
    )


class FullHolders:
    """Those who were refused lately: they are looked up first, so that whoever asks on and on costs one look each time."""

    def __init__(self) -> None:
        self._refused: TTLCache[str, bool] = TTLCache(10_000, REMEMBERED, monotonic)

    @asynccontextmanager
    async def asking(
        self, pool: asyncpg.Pool, business_id: UUID, holder: Holder | None, its_id: UUID, weight: int
    ) -> AsyncIterator[None]:
        """Around asking for a hold. Raises TooManyHolds."""
        keys = [] if holder is None else [key for key in (holder.mailbox, holder.phone, holder.address) if key]
        if holder is not None and any(key in self._refused for key in keys):
            await open_holds.look(pool, business_id, holder, its_id, weight)
        try:
            yield
        except TooManyHolds as refused:
            is_address = holder is not None and refused.facts["limit"] == "address"
            for key in keys:
                if (holder is not None and key == holder.address) is is_address:
                    self._refused[key] = True
            raise
