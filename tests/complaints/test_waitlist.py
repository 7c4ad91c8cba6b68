"""What users of other booking systems ask for since 2022: a list that offers the freed time of a full day to one at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from activities.waitlist import FindOffer, WaitlistActivities
from domain.bookings import BookingRef, BookingStatus
from settings import Settings
from store import bookings
from tests.api.shop import CUSTOMER, Shop

ONE_TIME = [{"start": "09:00", "end": "10:00"}]


async def joins(shop: Shop, service_id: str, day: str, name: str) -> tuple[str, dict[str, str]]:
    """The entry's address, and what shows whose it is."""
    wish = {"service_id": service_id, "from": day, "to": day, "customer": CUSTOMER | {"name": name}}
    entry = (await shop.client.post("/api/v1/waitlist", json=wish)).raise_for_status().json()
    return f"/api/v1/waitlist/{entry['id']}", {"Authorization": f"Bearer {entry['manage_token']}"}


async def look(shop: Shop, path: str, headers: dict[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = (await shop.client.get(path, headers=headers)).raise_for_status().json()
    return shown


async def offer_next(shop: Shop, pool: asyncpg.Pool, settings: Settings, service_id: str) -> BookingRef | None:
    """Whose turn it is gets the time that is free, held for them."""
    line = WaitlistActivities(pool, settings.token_secret.get_secret_value())
    found = (await line.find_offer(FindOffer(shop.business_id, UUID(service_id)))).offer
    if found is None:
        return None
    await bookings.hold(pool, found.order, timedelta(seconds=found.seconds))
    return BookingRef(shop.business_id, found.order.booking_id)


async def test_a_freed_time_is_offered_with_a_hold_and_a_timer_of_its_own_to_one_at_a_time(
    shop: Shop, pool: asyncpg.Pool, settings: Settings, nine_in_a_week: datetime
) -> None:
    """C41."""
    day = nine_in_a_week.date().isoformat()
    service_id = await shop.service(price={"amount": 0, "currency": "EUR"}, payment="none")
    provider_id = await shop.provider(service_id)
    (await shop.post(f"/providers/{provider_id}/availability", {"date": day, "intervals": ONE_TIME})).raise_for_status()
    booked = (await shop.book(service_id, None, nine_in_a_week)).json()
    first = await joins(shop, service_id, day, "Ada")
    second = await joins(shop, service_id, day, "Grace")
    assert None is await offer_next(shop, pool, settings, service_id)

    (await shop.post(f"/bookings/{booked['id']}/cancel", {})).raise_for_status()
    offer = await offer_next(shop, pool, settings, service_id)
    assert offer is not None and None is await offer_next(shop, pool, settings, service_id)
    shown = (await look(shop, *first))["offer"]
    assert (str(offer.booking_id), nine_in_a_week) == (shown["booking_id"], datetime.fromisoformat(shown["starts_at"]))
    assert 409 == (await shop.book(service_id, None, nine_in_a_week)).status_code
    assert ("offered", "waiting") == ((await look(shop, *first))["state"], (await look(shop, *second))["state"])

    await bookings.close(pool, offer, BookingStatus.EXPIRED, "hold-expired")
    assert offer != await offer_next(shop, pool, settings, service_id)
    assert ("waiting", "offered") == ((await look(shop, *first))["state"], (await look(shop, *second))["state"])
    token = (await look(shop, *second))["offer"]["manage_token"]
    taken = (await look(shop, *second))["offer"]["booking_id"]
    headers = {"Authorization": f"Bearer {token}"}
    assert 200 == (await shop.client.post(f"/api/v1/bookings/{taken}/confirm", json={}, headers=headers)).status_code
    assert "accepted" == (await look(shop, *second))["state"]
