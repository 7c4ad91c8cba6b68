"""Nobody who reads logs, metrics, Temporal or the database learns who books: every kind of booking by somebody with marked words.

Temporal is read without a payload key, as by somebody who has it: what is found nowhere then was never there.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from tests.api.shop import WHICHEVER
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import CARD, DECLINED_CARD, Salon, Visit, open_salon
from tests.temporal.test_privacy import everything_in_temporal
from tests.workflows.system import System

NAME, PHONE, WORDS = "Zaphodia Markwood", "+493090187654", "a very markable sorrow"
MARKS = (NAME, "markwood", PHONE.removeprefix("+"), WORDS)
A_DAY = timedelta(days=1)
NEEDS_YES: dict[str, Any] = {"approval": "required", "approval_hours": 48, "min_notice_minutes": 120}

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture
async def marked(engines: Engines) -> AsyncIterator[Deployment]:
    async with deployed(engines, f"marked-{uuid4().hex}", payload_key=None) as deployment:
        yield deployment
        await deployment.tidy_up()


def customer() -> dict[str, str]:
    return {
        "name": NAME,
        "email": f"markwood.{uuid4().hex}@example.com",
        "phone": PHONE,
        "timezone": "Europe/Berlin",
        "locale": "en",
    }


async def hold(salon: Salon) -> Visit:
    return await salon.hold(customer=customer())


async def confirm_after_a_decline_then_cancel(salon: Salon) -> None:
    visit = await hold(salon)
    assert 402 == (await visit.confirm(DECLINED_CARD)).status_code
    assert 200 == (await visit.confirm()).status_code
    await visit.is_told("notification_sent", 2)
    assert 200 == (await visit.cancel(WORDS)).status_code


async def move_past_the_rules_and_write_to_another_address(salon: Salon) -> None:
    visit = await hold(salon.at(salon.starts_at + A_DAY))
    assert 200 == (await visit.confirm()).status_code
    await visit.is_told("notification_sent", 2)
    early = salon.starts_at + A_DAY - timedelta(hours=3)
    moved = await visit.reschedule(early, by=salon.shop.key, override={"reason": WORDS})
    assert 200 == moved.status_code, moved.text
    body = {"message": "confirmation", "channel": "email", "email": customer()["email"]}
    assert 200 == (await salon.shop.post(f"/bookings/{visit.id}/operations/resend", body)).status_code
    refund = {"amount": 100, "reason": WORDS}
    assert 200 == (await salon.shop.post(f"/bookings/{visit.id}/operations/refund", refund, **WHICHEVER)).status_code


async def book_a_series_and_cancel_it(salon: Salon) -> None:
    wish = {
        "service_id": salon.service_id, "provider_id": salon.provider_id, "customer": customer(),
        "starts_at": (salon.starts_at + 2 * A_DAY).isoformat(), "rrule": "FREQ=WEEKLY;COUNT=2",
    }  # fmt: skip
    made = await salon.shop.post("/series", wish)
    assert 201 == made.status_code, made.text
    series = made.json()
    token = {"Authorization": f"Bearer {series['manage_token']}"}
    for path, body in (("confirm", {"payment_method": CARD}), ("cancel", {"scope": "all", "reason": WORDS})):
        answer = await salon.deployment.http.post(f"/api/v1/series/{series['id']}/{path}", json=body, headers=token)
        assert answer.status_code in (200, 202), answer.text


async def be_declined(deployment: Deployment) -> None:
    salon = await open_salon(deployment, **NEEDS_YES)
    visit = await hold(salon)
    assert 202 == (await visit.confirm()).status_code
    assert 200 == (await salon.shop.post(f"/bookings/{visit.id}/decline", {"reason": WORDS})).status_code
    await visit.becomes("cancelled")


async def wait_in_line(salon: Salon) -> None:
    day = (salon.starts_at + 20 * A_DAY).date().isoformat()
    wish = {"service_id": salon.service_id, "from": day, "to": day, "customer": customer()}
    joined = await salon.shop.post("/waitlist", wish)
    assert 201 == joined.status_code, joined.text


async def test_nobody_learns_who_books(marked: Deployment, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="slotkeeper")
    salon = await open_salon(marked)
    hooked = {"url": "https://salon.example/hooks", "enabled": False}
    assert 201 == (await salon.shop.post("/webhook-endpoints", hooked)).status_code  # so that there is an outbox
    await confirm_after_a_decline_then_cancel(salon)
    await move_past_the_rules_and_write_to_another_address(salon)
    await book_a_series_and_cancel_it(salon)
    await be_declined(marked)
    await wait_in_line(salon)
    found = await salon.shop.get("/customers", phone=PHONE)
    assert 4 == len(found.json()["items"])  # by each of their addresses here; one was another salon's
    system = cast(System, SimpleNamespace(client=marked.temporal, settings=marked.settings))
    places = {
        "Temporal": (await everything_in_temporal(system)).decode(errors="replace"),
        "logs": caplog.text,
        "metrics": (await marked.http.get("/metrics")).text,
        "database": await everything_in(marked),
    }
    assert "authorise" in places["Temporal"].lower() and "POST" in places["logs"]
    assert {} == {place: mark for place, text in places.items() for mark in MARKS if mark.lower() in text.lower()}


async def everything_in(deployment: Deployment) -> str:
    rows = []
    for (table,) in await deployment.pool.fetch(TABLES):
        rows += await deployment.pool.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} t")  # noqa: S608 (the catalog's names)
    return "\n".join(row["row"] for row in rows)
