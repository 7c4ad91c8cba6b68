"""API keys do what they are for, until they expire, are replaced or revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from domain.people import Role
from tests.api.shop import Shop, problem
from tests.api.staff import somebody


async def new_key(shop: Shop, **more: Any) -> dict[str, Any]:
    answer = await shop.post("/keys", {"name": "website", "scopes": ["catalogue:read"]} | more)
    assert 201 == answer.status_code, answer.text
    return dict(answer.json())


async def used(shop: Shop, key: str) -> httpx.Response:
    return await shop.client.get("/api/v1/services", headers={"Authorization": f"Bearer {key}"})


async def test_a_key_is_shown_once_and_never_again(shop: Shop) -> None:
    made = await new_key(shop)
    assert 200 == (await used(shop, made["key"])).status_code
    listed = await shop.get("/keys")
    assert made["key"] not in listed.text
    (mine,) = [one for one in listed.json()["items"] if one["id"] == made["id"]]
    assert (["catalogue:read"], "website") == (mine["scopes"], mine["name"])
    assert [None] == [one["scopes"] for one in listed.json()["items"] if one["id"] != made["id"]]


async def test_its_last_use_is_known_to_the_minute(shop: Shop) -> None:
    made = await new_key(shop)
    assert made["last_used_at"] is None
    last = "SELECT last_used_at FROM api_keys WHERE id = $1"
    await used(shop, made["key"])
    first = await shop.pool.fetchval(last, made["id"])
    await used(shop, made["key"])
    assert first is not None and first == await shop.pool.fetchval(last, made["id"])
    await shop.pool.execute("UPDATE api_keys SET last_used_at = now() - interval '61 seconds' WHERE id = $1", made["id"])
    await used(shop, made["key"])
    assert first <= await shop.pool.fetchval(last, made["id"])


async def test_an_expired_and_a_revoked_key_are_as_one_that_nobody_has(shop: Shop) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    expiring, revoked = await new_key(shop, expires_at=soon), await new_key(shop)
    assert 200 == (await used(shop, expiring["key"])).status_code
    await shop.pool.execute("UPDATE api_keys SET expires_at = now() WHERE id = $1", expiring["id"])
    assert [204, 204] == [(await shop.delete(f"/keys/{revoked['id']}")).status_code for _ in range(2)]
    unknown = await used(shop, f"slk_{shop.business_id.hex}_{'a' * 64}")
    for key in (expiring, revoked):
        answer = await used(shop, key["key"])
        assert (401, unknown.content) == (answer.status_code, answer.content)


async def test_a_replaced_key_is_good_for_the_overlap_and_replaced_once(shop: Shop) -> None:
    old = await new_key(shop)
    answer = await shop.post(f"/keys/{old['id']}/rotate", {"overlap_seconds": 600})
    assert 201 == answer.status_code, answer.text
    new = answer.json()
    assert (old["scopes"], old["name"]) == (new["scopes"], new["name"])
    assert [200, 200] == [(await used(shop, key["key"])).status_code for key in (old, new)]
    assert (404, "not-found", []) == problem(await shop.post(f"/keys/{old['id']}/rotate", {}))
    at_once = (await shop.post(f"/keys/{new['id']}/rotate", {"overlap_seconds": 0})).json()
    assert [401, 200] == [(await used(shop, key["key"])).status_code for key in (new, at_once)]


async def test_nobody_gets_by_a_key_what_they_may_not_do(shop: Shop) -> None:
    admin = await somebody(shop.client, shop.pool, shop.business_id, Role.ADMIN)
    answer = await admin.call("POST", "/keys", {"name": "more", "scopes": ["owners:write"]})
    assert (403, "owners:write") == (answer.status_code, answer.json()["permission"])
    everything = (await shop.get("/keys")).json()["items"][0]["id"]
    assert 403 == (await admin.call("POST", f"/keys/{everything}/rotate", {})).status_code
    assert 201 == (await admin.call("POST", "/keys", {"name": "less", "scopes": ["bookings:read"]})).status_code


async def test_a_key_that_has_ended_before_it_begins_is_refused(shop: Shop) -> None:
    past = {"name": "late", "scopes": ["bookings:read"], "expires_at": "2020-01-01T00:00:00Z"}
    assert (422, "invalid-request", ["/expires_at"]) == problem(await shop.post("/keys", past))


async def test_another_businesss_key_is_no_key(shop: Shop, other_shop: Shop) -> None:
    theirs = await new_key(other_shop)
    assert [404, 404] == [
        (await shop.delete(f"/keys/{theirs['id']}")).status_code,
        (await shop.post(f"/keys/{theirs['id']}/rotate", {})).status_code,
    ]
