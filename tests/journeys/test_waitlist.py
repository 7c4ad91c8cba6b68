"""From a full day to somebody else's appointment: the waitlist from HTTP to the customer's mail and back (C41)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.waiters import PAGE, a_day_with_one_time, joins
from worker import waking


@pytest.fixture(scope="module")
async def offering(engines: Engines) -> AsyncIterator[Deployment]:
    """A system whose offers last three seconds."""
    queue = f"offering-{uuid4().hex}"
    async with deployed(engines, queue, longest_offer_seconds=3, offer_page=PAGE, hold_seconds=30) as deployment:
        async with waking(deployment.settings, deployment.temporal, deployment.pool):
            yield deployment
        await deployment.tidy_up()


async def test_a_freed_time_goes_from_one_who_waits_to_the_next_until_somebody_takes_it(offering: Deployment) -> None:
    salon = await a_day_with_one_time(offering)
    visit = await salon.hold()
    assert 200 == (await visit.confirm()).status_code
    ada, grace = await joins(salon, "Ada"), await joins(salon, "Grace")
    assert (1, 2) == ((await ada.show())["position"], (await grace.show())["position"])
    assert 409 == (await salon.ask()).status_code

    assert 200 == (await visit.cancel()).status_code
    first = await ada.is_offered()
    assert PAGE.format(booking=first.id, token=first.token) in await ada.mail(first)
    assert 409 == (await salon.ask()).status_code  # it is held for her

    await first.becomes("expired")
    second = await grace.is_offered()
    shown = await ada.show()
    assert ("waiting", 1, 1) == (shown["state"], shown["position"], shown["lapses"])
    assert 200 == (await second.confirm()).status_code
    await grace.becomes("accepted")
    assert [second.ref.booking_id] == await salon.claims()
    assert 5000 == (await second.effects()).kept
    assert ["held", "waitlist_offered"] == (await second.timeline())[:2]


async def test_who_leaves_lets_the_next_have_it_at_once(offering: Deployment) -> None:
    salon = await a_day_with_one_time(offering)
    ada = await joins(salon, "Ada")
    offer = await ada.is_offered()
    grace = await joins(salon, "Grace")
    headers = {"Authorization": f"Bearer {ada.token}"}
    left = await offering.http.delete(f"/api/v1/waitlist/{ada.id}", headers=headers)
    assert (200, "left") == (left.status_code, left.json()["state"])
    assert "waitlist_lapsed" in await offer.timeline()
    await grace.is_offered()


async def test_a_day_off_that_is_taken_back_is_offered(offering: Deployment) -> None:
    salon = await a_day_with_one_time(offering)
    day = salon.starts_at.date().isoformat()
    away = await salon.shop.post(f"/providers/{salon.provider_id}/time-off", {"from": day, "to": day})
    assert 201 == away.status_code, away.text
    ada = await joins(salon, "Ada")
    assert "waiting" == (await ada.show())["state"]
    await salon.shop.delete(f"/providers/{salon.provider_id}/time-off/{away.json()['id']}")
    await ada.is_offered()
