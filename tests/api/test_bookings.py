"""From holding a slot to its end, over HTTP."""

from __future__ import annotations

from datetime import datetime

from tests.api.shop import Shop


async def test_a_slot_is_offered_held_confirmed_and_told(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    day = nine_in_a_week.date().isoformat()
    offered = await shop.client.get(f"/api/v1/providers/{provider}/slots", params={"service_id": service, "date": day})
    assert 200 == offered.status_code, offered.text
    assert nine_in_a_week.isoformat() == offered.json()["slots"][0]["starts_at"]
    assert 15 == len(offered.json()["slots"])

    held = await shop.book(service, provider, offered.json()["slots"][0]["starts_at"])
    assert 201 == held.status_code, held.text
    print(held.json())
    booking = held.json()
    confirmed = await shop.client.post(
        f"/api/v1/bookings/{booking['id']}/confirm",
        json={"payment_method": "pm_card_visa"},
        headers={"Authorization": f"Bearer {booking['manage_token']}"},
    )
    assert (200, "confirmed") == (confirmed.status_code, confirmed.json()["status"])
    timeline = await shop.get(f"/bookings/{booking['id']}/timeline")
    assert ["held", "confirming", "confirmed"] == [entry["kind"] for entry in timeline.json()["items"]]
