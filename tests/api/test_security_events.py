"""Owners read what happened to members and keys; each person reads what happened to themselves; nobody else does."""

from __future__ import annotations

from domain.people import Role
from tests.api.shop import Shop, problem
from tests.api.staff import log_in, somebody


async def test_an_owner_reads_what_happened_in_the_business_the_latest_first(shop: Shop, other_shop: Shop) -> None:
    owner = await somebody(shop.client, shop.pool, shop.business_id, Role.OWNER)
    theirs = await somebody(shop.client, shop.pool, other_shop.business_id, Role.OWNER)
    made = (await owner.call("POST", "/keys", {"name": "till", "scopes": ["bookings:read"]})).json()
    items = (await owner.call("GET", "/security-events")).json()["items"]
    assert ["key-made", "logged-in", "member-joined"] == [one["kind"] for one in items]
    assert {"key": made["id"], "by": f"person:{owner.id}"} == items[0]["detail"]
    assert {str(shop.business_id)} == {one["business_id"] for one in items}
    assert str(theirs.id) not in str(items)


async def test_it_comes_in_pages(shop: Shop) -> None:
    owner = await somebody(shop.client, shop.pool, shop.business_id, Role.OWNER)
    first = (await owner.call("GET", "/security-events?limit=1")).json()
    rest = (await owner.call("GET", f"/security-events?cursor={first['next_cursor']}")).json()
    assert ["logged-in", "member-joined"] == [one["kind"] for one in (*first["items"], *rest["items"])]
    assert rest["next_cursor"] is None


async def test_who_is_no_owner_reads_none_of_it(shop: Shop) -> None:
    for role in (Role.ADMIN, Role.STAFF, Role.VIEWER):
        person = await somebody(shop.client, shop.pool, shop.business_id, role)
        answer = await person.call("GET", "/security-events")
        assert (403, "security:read") == (answer.status_code, answer.json()["permission"])


async def test_a_refused_log_in_is_told_to_whose_account_it_was(shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.VIEWER)
    assert 401 == (await log_in(shop.client, person.email, "not the password")).status_code
    items = (await person.call("GET", "/me/security-events")).json()["items"]
    assert ("login-refused", str(person.id), {}) == (items[0]["kind"], items[0]["person_id"], items[0]["detail"])
    of_nobody = "SELECT count(*) FROM security_events WHERE kind = 'login-refused' AND person_id IS NULL"
    before = await shop.pool.fetchval(of_nobody)
    assert 401 == (await log_in(shop.client, "nobody@example.com", "not the password")).status_code
    assert before + 1 == await shop.pool.fetchval(of_nobody)


async def test_each_person_reads_about_themselves(shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.VIEWER)
    other = await somebody(shop.client, shop.pool, shop.business_id, Role.VIEWER)
    stolen = person.tokens["refresh_token"]
    await person.refresh(stolen)
    await person.refresh(stolen)
    await person.log_in()
    items = (await person.call("GET", "/me/security-events")).json()["items"]
    assert ["logged-in", "refresh-token-reused", "logged-in", "member-joined", "registered"] == [one["kind"] for one in items]
    assert {str(person.id)} == {one["person_id"] for one in items} != {str(other.id)}
    assert (401, "unauthorised", ["Authorization"]) == problem(await shop.get("/me/security-events"))
