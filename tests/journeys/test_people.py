"""People as they come: register, read the mail, log in, invite, join; over real SMTP, PostgreSQL and Temporal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.people import Role
from store.memberships import join
from tests.journeys.deployment import Deployment
from tests.journeys.salon import Salon
from tests.waiting import until
from worker import telling

PASSWORD = "an engine of analysis"


@pytest.fixture
async def mailing_salon(free_salon: Salon) -> AsyncIterator[Salon]:
    """With what starts the mails that are due, as it runs beside each worker."""
    known = free_salon.deployment
    async with telling(known.settings, known.temporal, *known.pools):
        yield free_salon


async def link_in_mail(deployment: Deployment, email: str, sent_before: int = 0) -> str:
    """Waits until so many mails and one more have come to the address, and reads the last one's token."""
    found: list[dict[str, Any]] = []

    async def has_come() -> bool:
        nonlocal found
        found = [one for one in (await deployment.vendors.state())["messages"] if one["to"] == email]
        return len(found) > sent_before

    await until(has_come, 60, every=0.2)
    (token,) = set(re.findall(r"ot_[A-Za-z0-9_-]{43}", found[-1]["text"]))
    return str(token)


async def registered(deployment: Deployment, email: str, name: str) -> UUID:
    """Somebody whose account is there, by the mail that came to them."""
    http = deployment.http
    assert 202 == (await http.post("/api/v1/people", json={"email": email})).status_code
    body = {"token": await link_in_mail(deployment, email), "name": name, "password": PASSWORD}
    verified = await http.post("/api/v1/people/verify", json=body)
    assert 201 == verified.status_code, verified.text
    return UUID(verified.json()["id"])


async def logged_in(http: httpx.AsyncClient, email: str, scope: str = "") -> dict[str, str]:
    form = {"grant_type": "password", "username": email, "password": PASSWORD, "scope": scope}
    answer = await http.post("/api/v1/sessions/token", data=form)
    assert 200 == answer.status_code, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_who_registers_by_mail_invites_somebody_who_joins_by_mail(mailing_salon: Salon) -> None:
    deployment, business_id = mailing_salon.deployment, mailing_salon.business_id
    http, (ada, grace) = deployment.http, (f"ada-{uuid4().hex}@example.com", f"grace-{uuid4().hex}@example.com")
    owner_id = await registered(deployment, ada, "Ada Byron")
    async with deployment.pool.acquire() as connection, connection.transaction():
        await join(connection, business_id, owner_id, Role.OWNER, "tests")  # whoever opens the business says who owns it
    owner = await logged_in(http, ada)
    invited = await http.post("/api/v1/members", json={"email": grace, "role": "staff"}, headers=owner)
    assert 202 == invited.status_code, invited.text
    invitation = await link_in_mail(deployment, grace)
    assert 202 == (await http.post("/api/v1/people", json={"email": grace})).status_code
    verification = await link_in_mail(deployment, grace, sent_before=1)
    verified = await http.post(
        "/api/v1/people/verify", json={"token": verification, "name": "Grace Hopper", "password": PASSWORD}
    )
    assert 201 == verified.status_code, verified.text
    guest = await logged_in(http, grace)
    joined = await http.post("/api/v1/members/join", json={"token": invitation}, headers=guest)
    assert (200, "staff") == (joined.status_code, joined.json()["role"])
    staff = await logged_in(http, grace)
    services = (await http.get("/api/v1/services", headers=staff)).json()["items"]
    assert [mailing_salon.service_id] == [one["id"] for one in services]
    told = (await http.get("/api/v1/security-events", headers=owner)).json()["items"]
    assert ["logged-in", "member-joined", "logged-in", "member-joined"] == [one["kind"] for one in told]


async def test_a_customer_with_an_account_needs_no_manage_token(mailing_salon: Salon) -> None:
    deployment = mailing_salon.deployment
    http, email = deployment.http, f"grace-{uuid4().hex}@example.com"
    await registered(deployment, email, "Grace Hopper")
    visit = await mailing_salon.hold(email=email)
    other = await mailing_salon.at(mailing_salon.starts_at.replace(hour=11)).hold()
    customer = await logged_in(http, email, "customer")
    assert 200 == (await http.post(f"/api/v1/bookings/{visit.id}/confirm", json={}, headers=customer)).status_code
    mine = (await http.get("/api/v1/me/bookings", headers=customer)).json()["items"]
    assert [(visit.id, "confirmed")] == [(one["id"], one["status"]) for one in mine]
    assert 404 == (await http.get(f"/api/v1/bookings/{other.id}", headers=customer)).status_code
    cancelled = await http.post(f"/api/v1/bookings/{visit.id}/cancel", json={}, headers=customer)
    assert (200, "cancelled") == (cancelled.status_code, cancelled.json()["status"])
