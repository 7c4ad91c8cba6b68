"""Endpoints, their secrets and their log over HTTP; nothing is sent here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from api.schemas.webhooks import render
from domain.webhooks import DeliveryState, Receipt
from settings import Settings
from store import webhook_deliveries, webhook_events
from tests.api.shop import Shop, problem

PATH = "/webhook-endpoints"
URL = "https://salon.example/hooks"


async def endpoint(shop: Shop, **changed: Any) -> dict[str, Any]:
    answer = await shop.post(PATH, {"url": URL} | changed)
    assert 201 == answer.status_code, answer.text
    return dict(answer.json())


async def patch(shop: Shop, endpoint_id: str, body: Any) -> Any:
    return await shop.client.patch(f"/api/v1{PATH}/{endpoint_id}", json=body, headers=shop.auth)


async def booked(shop: Shop, starts_at: datetime) -> str:
    """A held booking whose event is spread."""
    service = await shop.service()
    answer = await shop.book(service, await shop.provider(service), starts_at)
    assert 201 == answer.status_code, answer.text
    while await webhook_events.spread(shop.pool, render, 100):
        pass
    return str(answer.json()["id"])


async def end(shop: Shop, status: int, again: timedelta | None = None) -> None:
    """Tries everything that is due for this business."""
    for one in await webhook_deliveries.find_due(shop.pool, 1000):
        if one.business_id == shop.business_id:
            await webhook_deliveries.save_receipt(shop.pool, one, 1, Receipt(datetime.now(UTC), status, "said"), again)


async def deliveries(shop: Shop, endpoint_id: str, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await shop.get(f"{PATH}/{endpoint_id}/deliveries", **query)).json()["items"]
    return items


async def test_an_endpoint_is_shown_as_it_was_made_with_its_secret_only_once(shop: Shop) -> None:
    made = await endpoint(shop, description="Our CRM", event_types=["booking.confirmed"])
    secret = made.pop("secret")
    assert secret.startswith("whsec_") and 40 < len(secret)
    expected = {"url": URL, "description": "Our CRM", "event_types": ["booking.confirmed"], "enabled": True}
    assert expected.items() <= made.items()
    assert made == (await shop.get(f"{PATH}/{made['id']}")).json()
    assert [made] == (await shop.get(PATH)).json()["items"]
    assert secret not in (await shop.get(PATH)).text


async def test_two_endpoints_have_two_secrets(shop: Shop) -> None:
    assert (await endpoint(shop))["secret"] != (await endpoint(shop))["secret"]


async def test_a_repeated_post_makes_one_endpoint_and_gives_the_first_answer(shop: Shop) -> None:
    first, again = [await shop.post(PATH, {"url": URL}, **{"Idempotency-Key": "one"}) for _ in range(2)]
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"]
    assert 1 == len((await shop.get(PATH)).json()["items"])
    assert (422, "idempotency-key-reused", []) == problem(
        await shop.post(PATH, {"url": f"{URL}/other"}, **{"Idempotency-Key": "one"})
    )


async def test_the_list_goes_on_where_the_page_ended(shop: Shop) -> None:
    made = [(await endpoint(shop))["id"] for _ in range(3)]
    first = (await shop.get(PATH, limit=2)).json()
    second = (await shop.get(PATH, limit=2, cursor=first["next_cursor"])).json()
    assert made == [one["id"] for one in first["items"] + second["items"]]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"url": "http://salon.example/hooks"}, ["/url"]),
        ({"url": "https://127.0.0.1/"}, ["/url"]),
        ({"url": "https://[::ffff:10.0.0.1]/"}, ["/url"]),
        ({"url": "https://169.254.169.254/latest/meta-data"}, ["/url"]),
        ({"url": "https://me:secret@salon.example/"}, ["/url"]),
        ({"url": "https://salon.example/\0"}, ["/url"]),
        ({"url": "salon"}, ["/url"]),
        ({"url": "https://salon.example/" + 2000 * "x"}, ["/url"]),
        ({"url": None}, ["/url"]),
        ({"event_types": ["booking.confirmd"]}, ["/event_types/0"]),
        ({"event_types": "booking.confirmed"}, ["/event_types"]),
        ({"enabled": "yes"}, ["/enabled"]),
        ({"description": "a\0b"}, ["/description"]),
        ({"secret": "mine"}, ["/secret"]),
    ],
)
async def test_bad_input_names_the_field_and_writes_nothing(shop: Shop, changes: dict[str, Any], places: list[str]) -> None:
    assert (422, "invalid-request", places) == problem(await shop.post(PATH, {"url": URL} | changes))
    assert [] == (await shop.get(PATH)).json()["items"]
    made = await endpoint(shop)
    assert (422, "invalid-request", places) == problem(await patch(shop, made["id"], changes))
    del made["secret"]
    assert made == (await shop.get(f"{PATH}/{made['id']}")).json()


async def test_a_change_leaves_the_rest_as_it_is(shop: Shop) -> None:
    made = await endpoint(shop, description="Our CRM", event_types=["booking.held"])
    del made["secret"]
    assert made | {"url": "https://crm.example/"} == (await patch(shop, made["id"], {"url": "https://crm.example/"})).json()
    changed = (await patch(shop, made["id"], {"description": None, "event_types": []})).json()
    assert (None, [], "https://crm.example/") == (changed["description"], changed["event_types"], changed["url"])
    off = (await patch(shop, made["id"], {"enabled": False})).json()
    assert (False, None) == (off["enabled"], off["disabled_reason"])
    assert off["disabled_at"] is not None


async def test_a_dropped_endpoint_is_gone_with_its_log(shop: Shop) -> None:
    made = await endpoint(shop)
    await shop.post(f"{PATH}/{made['id']}/test", None)
    assert 204 == (await shop.delete(f"{PATH}/{made['id']}")).status_code
    for path in ("", "/deliveries"):
        assert (404, "not-found", []) == problem(await shop.get(f"{PATH}/{made['id']}{path}"))
    assert (404, "not-found", []) == problem(await shop.delete(f"{PATH}/{made['id']}"))


async def test_a_new_secret_is_shown_once_and_the_old_one_ends(shop: Shop) -> None:
    made = await endpoint(shop)
    before = datetime.now(UTC)
    fresh = (await shop.post(f"{PATH}/{made['id']}/rotate-secret", {"old_valid_minutes": 60})).json()
    assert fresh["secret"] != made["secret"]
    until = datetime.fromisoformat(fresh["old_secret_valid_until"])
    assert abs(until - before - timedelta(hours=1)) < timedelta(minutes=1)
    assert fresh["old_secret_valid_until"] == (await shop.get(f"{PATH}/{made['id']}")).json()["old_secret_valid_until"]
    assert (422, "invalid-request", ["/old_valid_minutes"]) == problem(
        await shop.post(f"{PATH}/{made['id']}/rotate-secret", {"old_valid_minutes": -1})
    )


async def test_a_test_is_on_its_way_whatever_the_endpoint_wants_to_hear(shop: Shop) -> None:
    made = await endpoint(shop, event_types=["booking.no_show"])
    sent = await shop.post(f"{PATH}/{made['id']}/test", None)
    assert (202, "webhook_endpoint.test", "pending") == (sent.status_code, sent.json()["type"], sent.json()["state"])
    assert [sent.json()] == await deliveries(shop, made["id"])
    await patch(shop, made["id"], {"enabled": False})
    assert [DeliveryState.SKIPPED] == [one["state"] for one in await deliveries(shop, made["id"])]
    assert (409, "not-allowed-now", []) == problem(await shop.post(f"{PATH}/{made['id']}/test", None))


async def test_the_log_says_what_came_of_each_try(shop: Shop, nine_in_a_week: datetime) -> None:
    made = await endpoint(shop)
    booking_id = await booked(shop, nine_in_a_week)
    await end(shop, 503, timedelta(minutes=5))
    (logged,) = await deliveries(shop, made["id"])
    expected = {"type": "booking.held", "booking_id": booking_id, "state": "pending", "attempts": 1, "round": 0}
    assert expected.items() <= logged.items()
    assert (503, "said", None) == (logged["last_status"], logged["last_answer"], logged["last_error"])
    assert [] == await deliveries(shop, made["id"], state="delivered")
    assert [logged] == await deliveries(shop, made["id"], state="pending")
    assert (422, "invalid-request", ["state"]) == problem(await shop.get(f"{PATH}/{made['id']}/deliveries", state="lost"))


async def test_the_log_goes_on_where_the_page_ended(shop: Shop) -> None:
    made = await endpoint(shop)
    sent = [(await shop.post(f"{PATH}/{made['id']}/test", None)).json()["id"] for _ in range(3)]
    first = (await shop.get(f"{PATH}/{made['id']}/deliveries", limit=2)).json()
    second = (await shop.get(f"{PATH}/{made['id']}/deliveries", limit=2, cursor=first["next_cursor"])).json()
    assert sorted(sent) == sorted(one["id"] for one in first["items"] + second["items"])
    assert second["next_cursor"] is None
    assert (422, "invalid-request", ["cursor"]) == problem(await shop.get(f"{PATH}/{made['id']}/deliveries", cursor="x"))


async def test_a_delivery_is_sent_again_once_it_was_tried(shop: Shop, nine_in_a_week: datetime) -> None:
    made = await endpoint(shop)
    await booked(shop, nine_in_a_week)
    (logged,) = await deliveries(shop, made["id"])
    path = f"{PATH}/{made['id']}/deliveries/{logged['id']}/replay"
    assert (409, "not-allowed-now", []) == problem(await shop.post(path, None))
    await end(shop, 200)
    again = await shop.post(path, None)
    assert (202, 1, logged["event_id"]) == (again.status_code, again.json()["round"], again.json()["event_id"])
    assert (404, "not-found", []) == problem(await shop.post(f"{PATH}/{made['id']}/deliveries/{uuid4()}/replay", None))


async def test_a_time_is_sent_again(shop: Shop, nine_in_a_week: datetime) -> None:
    made = await endpoint(shop)
    await booked(shop, nine_in_a_week)
    await end(shop, 500)
    now = datetime.now(UTC)
    hour = {"from": (now - timedelta(hours=1)).isoformat(), "to": (now + timedelta(minutes=1)).isoformat()}
    path = f"{PATH}/{made['id']}/replay"
    assert (409, "not-allowed-now", []) == problem(await shop.post(path, hour)), "it has failed for good"
    await patch(shop, made["id"], {"enabled": True})
    assert (202, {"deliveries": 1}) == ((answer := await shop.post(path, hour)).status_code, answer.json())
    backwards = {"from": hour["to"], "to": hour["from"]}
    assert (422, "invalid-request", ["/to"]) == problem(await shop.post(path, backwards))
    long_ago = {"from": (now - timedelta(days=40)).isoformat(), "to": hour["to"]}
    assert (422, "invalid-request", ["/to"]) == problem(await shop.post(path, long_ago))


@pytest.mark.parametrize("path", ["", "/test", "/rotate-secret", "/replay", "/deliveries"])
async def test_another_business_sees_and_does_nothing(shop: Shop, other_shop: Shop, path: str) -> None:
    made = await endpoint(shop)
    now = datetime.now(UTC)
    body = {"from": now.isoformat(), "to": (now + timedelta(hours=1)).isoformat()} if path == "/replay" else None
    call = other_shop.get if path in ("", "/deliveries") else lambda path: other_shop.post(path, body)
    assert (404, "not-found", []) == problem(await call(f"{PATH}/{made['id']}{path}"))
    assert (404, "not-found", []) == problem(await patch(other_shop, made["id"], {"enabled": False}))
    assert (404, "not-found", []) == problem(await other_shop.delete(f"{PATH}/{made['id']}"))
    assert [] == (await other_shop.get(PATH)).json()["items"]


async def test_another_business_hears_nothing(shop: Shop, other_shop: Shop, nine_in_a_week: datetime) -> None:
    made = await endpoint(other_shop)
    await booked(shop, nine_in_a_week)
    assert [] == await deliveries(other_shop, made["id"])


async def test_in_development_this_machine_may_be_told(app: FastAPI, shop: Shop, settings: Settings) -> None:
    local = {"url": "http://127.0.0.1:8100/receiver/demo"}
    assert (422, "invalid-request", ["/url"]) == problem(await shop.post(PATH, local))
    wiring = app.state.wiring
    may = settings.model_copy(update={"webhook_may_be_local": True})
    app.state.wiring = type(wiring)(may, wiring.pool, wiring.door, wiring.commands, wiring.payments)
    assert 201 == (await shop.post(PATH, local)).status_code
