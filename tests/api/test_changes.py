"""What a business changes about its services and providers holds from then on, and for nobody who has booked before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.api.shop import SERVICE, Shop

HOUR = timedelta(hours=1)
ADA = {"name": "Ada", "timezone": "Europe/Berlin"}


async def test_a_service_is_as_it_was_sent_last(shop: Shop) -> None:
    room = await shop.provider()
    service = await shop.service(reminder_minutes=[60], resources=[[room]], max_per_day=3)
    changed = SERVICE | {"name": "Shave", "duration_minutes": 30, "price": {"amount": 700, "currency": "GBP"}}
    answer = await shop.change(f"/services/{service}", changed)
    assert 200 == answer.status_code, answer.text
    shown = (await shop.get(f"/services/{service}")).json()
    assert answer.json() == shown
    assert ("Shave", 30, {"amount": 700, "currency": "GBP"}) == (shown["name"], shown["duration_minutes"], shown["price"])
    assert ([], [], None) == (shown["reminder_minutes"], shown["resources"], shown["max_per_day"])
    assert shown == (await shop.change(f"/services/{service}", changed)).json()


async def test_what_is_booked_keeps_its_price_and_times(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    booked = (await shop.book(service, provider, nine_in_a_week)).json()
    changed = SERVICE | {"duration_minutes": 30, "price": {"amount": 9900, "currency": "EUR"}}
    assert 200 == (await shop.change(f"/services/{service}", changed)).status_code
    kept = (await shop.get(f"/bookings/{booked['id']}")).json()
    assert [booked[part] for part in ("price", "starts_at", "ends_at")] == [
        kept[part] for part in ("price", "starts_at", "ends_at")
    ]
    assert ["10:00", "10:30"] == (await shop.clocks(service, provider, nine_in_a_week.date()))[:2]


async def test_a_provider_s_new_zone_moves_their_hours_and_nothing_that_is_booked(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(slot_step_minutes=60)
    provider = await shop.provider(service)
    booked = (await shop.book(service, provider, nine_in_a_week)).json()
    moved = ADA | {"timezone": "Asia/Tokyo", "service_ids": [service]}
    assert 200 == (await shop.put(f"/providers/{provider}", moved)).status_code
    kept = (await shop.get(f"/bookings/{booked['id']}")).json()
    assert nine_in_a_week == datetime.fromisoformat(kept["starts_at"])
    in_tokyo = nine_in_a_week.replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    found = await shop.slots(service, provider, nine_in_a_week.date(), explain="0")
    assert (in_tokyo, "Asia/Tokyo") == (datetime.fromisoformat(found["slots"][0]["starts_at"]), found["timezone"])


async def test_a_provider_gives_what_was_sent_last_and_keeps_their_place_in_it(shop: Shop) -> None:
    kept, dropped, new = [await shop.service() for _ in range(3)]
    provider = await shop.provider(kept, dropped)
    assert 200 == (await shop.put(f"/providers/{provider}/services/{kept}", {"priority": 7})).status_code
    answer = await shop.put(f"/providers/{provider}", ADA | {"service_ids": [kept, new]})
    assert sorted([kept, new]) == answer.json()["service_ids"]
    priorities = await shop.pool.fetch(
        "SELECT service_id, priority FROM provider_services WHERE provider_id = $1", UUID(provider)
    )
    assert {UUID(kept): 7, UUID(new): 0} == dict(tuple(row) for row in priorities)


@pytest.mark.parametrize(
    ("what", "body", "pointer"),
    [
        ("services", SERVICE | {"duration_minutes": 0}, "/duration_minutes"),
        ("services", SERVICE | {"resources": [[str(UUID(int=1))]]}, "/resources/0/0"),
        ("providers", ADA | {"timezone": "Mars/Olympus"}, "/timezone"),
        ("providers", ADA | {"service_ids": [str(UUID(int=1))]}, "/service_ids/0"),
        ("providers", {"name": "Ada"}, "/timezone"),
    ],
)
async def test_a_change_that_makes_no_sense_names_the_field_and_changes_nothing(
    shop: Shop, what: str, body: dict[str, Any], pointer: str
) -> None:
    path = f"/{what}/{await (shop.service() if what == 'services' else shop.provider())}"
    before = (await shop.get(path)).json()
    answer = await shop.change(path, body)
    assert (422, [pointer]) == (answer.status_code, [error["pointer"] for error in answer.json()["errors"]])
    assert before == (await shop.get(path)).json()


@pytest.mark.parametrize(("what", "body"), [("services", SERVICE), ("providers", ADA)])
async def test_what_is_not_there_is_not_made(shop: Shop, what: str, body: dict[str, Any]) -> None:
    path = f"/{what}/{uuid4()}"
    assert [404, 404] == [(await shop.put(path, body)).status_code, (await shop.get(path)).status_code]
