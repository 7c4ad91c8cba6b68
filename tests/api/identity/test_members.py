"""Members are invited by mail, get a role, and go; one owner always stays."""

from __future__ import annotations

import asyncio
from uuid import UUID

from domain.people import Role
from store.one_time_tokens import Purpose
from tests.api.shop import Shop, problem
from tests.api.staff import Somebody, link_in_mail, somebody


async def accept(shop: Shop, person: Somebody) -> tuple[int, str]:
    token = await link_in_mail(shop.pool, person.email, Purpose.INVITE)
    answer = await person.call("POST", "/members/join", {"token": token})
    return answer.status_code, answer.json().get("role") or answer.json()["code"]


async def test_who_is_invited_and_accepts_is_a_member(shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool)
    assert 202 == (await shop.post("/members", {"email": person.email, "role": "admin"})).status_code
    assert [(person.email, "admin")] == [(one["email"], one["role"]) for one in (await shop.get("/members")).json()["invited"]]
    assert (200, "admin") == await accept(shop, person)
    await person.log_in()
    listed = (await person.call("GET", "/members")).json()
    assert ([(person.email, "admin")], []) == ([(one["email"], one["role"]) for one in listed["items"]], listed["invited"])
    assert (410, "link-spent") == await accept(shop, person)


async def test_an_invitation_is_for_its_address_only(shop: Shop) -> None:
    invited, other = await somebody(shop.client, shop.pool), await somebody(shop.client, shop.pool)
    await shop.post("/members", {"email": invited.email, "role": "staff"})
    token = await link_in_mail(shop.pool, invited.email, Purpose.INVITE)
    assert 404 == (await other.call("POST", "/members/join", {"token": token})).status_code
    assert (200, "staff") == await accept(shop, invited)


async def test_a_role_counts_from_the_next_call_on_and_so_does_a_removal(shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.ADMIN)
    assert 200 == (await person.call("GET", "/keys")).status_code
    assert (
        200 == (await shop.client.patch(f"/api/v1/members/{person.id}", json={"role": "viewer"}, headers=shop.auth)).status_code
    )
    assert 403 == (await person.call("GET", "/keys")).status_code
    assert 204 == (await shop.delete(f"/members/{person.id}")).status_code
    assert 403 == (await person.call("GET", "/services")).status_code
    assert (404, "not-found", []) == problem(await shop.delete(f"/members/{person.id}"))


async def test_the_last_owner_stays_also_when_two_remove_each_other(shop: Shop) -> None:
    one, two = [await somebody(shop.client, shop.pool, shop.business_id, Role.OWNER) for _ in range(2)]
    answers = await asyncio.gather(one.call("DELETE", f"/members/{two.id}"), two.call("DELETE", f"/members/{one.id}"))
    assert 1 == [answer.status_code for answer in answers].count(204)
    (left,) = await shop.pool.fetch("SELECT person_id FROM memberships WHERE business_id = $1", shop.business_id)
    assert (409, "last-owner", []) == problem(await shop.delete(f"/members/{left['person_id']}"))
    lesser = await shop.client.patch(f"/api/v1/members/{left['person_id']}", json={"role": "staff"}, headers=shop.auth)
    assert (409, "last-owner", []) == problem(lesser)


async def test_only_owners_make_change_or_remove_owners(shop: Shop) -> None:
    admin = await somebody(shop.client, shop.pool, shop.business_id, Role.ADMIN)
    owner = await somebody(shop.client, shop.pool, shop.business_id, Role.OWNER)
    for method, path, body in (
        ("POST", "/members", {"email": "eve@example.com", "role": "owner"}),
        ("PATCH", f"/members/{admin.id}", {"role": "owner"}),
        ("PATCH", f"/members/{owner.id}", {"role": "staff"}),
        ("DELETE", f"/members/{owner.id}", None),
    ):
        answer = await admin.call(method, path, body)
        assert (403, "owners:write") == (answer.status_code, answer.json()["permission"]), path
    assert 200 == (await owner.call("PATCH", f"/members/{admin.id}", {"role": "owner"})).status_code


async def test_a_member_of_another_business_is_nobody_here(shop: Shop, other_shop: Shop) -> None:
    theirs = await somebody(shop.client, shop.pool, other_shop.business_id, Role.STAFF)
    answer = await shop.client.patch(f"/api/v1/members/{theirs.id}", json={"role": "admin"}, headers=shop.auth)
    nobody = await shop.client.patch(f"/api/v1/members/{UUID(int=7)}", json={"role": "admin"}, headers=shop.auth)
    assert (404, nobody.content) == (answer.status_code, answer.content)
