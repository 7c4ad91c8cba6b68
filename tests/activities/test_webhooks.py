"""One endpoint is worked at with so many tries at once; what comes beyond that waits elsewhere and holds no place."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from activities.webhooks import WHEN_BUSY, TryDelivery, WebhookActivities
from domain.webhooks import AT_ONCE, TEST, Delivery, Parcel, Receipt, new_secret
from store.webhook_endpoints import create_endpoint
from store.webhook_events import create_test
from store.webhook_log import create_delivery
from tests.orders import open_shop
from tests.waiting import until

SLOW, QUICK = "https://slow.example/", "https://quick.example/"


@dataclass(slots=True)
class FakeWebhooks:
    """`slow.example` answers when it is told to."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    asked: Counter[str] = field(default_factory=Counter)

    async def post(self, parcel: Parcel) -> Receipt:
        self.asked[parcel.url] += 1
        if parcel.url == SLOW:
            await self.opened.wait()
        return Receipt(datetime.now(UTC), 200)


async def deliveries(pool: asyncpg.Pool, business_id: UUID, url: str, count: int) -> list[Delivery]:
    endpoint_id = uuid7()
    await create_endpoint(pool, business_id, endpoint_id, url, None, (), new_secret())
    made = [Delivery(business_id, uuid7(), uuid7(), endpoint_id) for _ in range(count)]
    for one in made:
        await create_test(pool, business_id, one.event_id, datetime.now(UTC) - timedelta(seconds=1), f'{{"type": "{TEST}"}}')
        await create_delivery(pool, business_id, endpoint_id, one.id, one.event_id)
    return made


async def test_a_slow_endpoint_takes_no_more_places_than_its_own(pool: asyncpg.Pool) -> None:
    gateway = FakeWebhooks()
    webhook = WebhookActivities(pool, pool, gateway, lambda event: "", (5.0,))
    business_id = (await open_shop(pool)).business_id
    slow = await deliveries(pool, business_id, SLOW, AT_ONCE + 3)
    (quick,) = await deliveries(pool, business_id, QUICK, 1)
    waiting = [asyncio.create_task(webhook.send_webhook(TryDelivery(one, 1))) for one in slow[:AT_ONCE]]
    await until(lambda: gateway.asked[SLOW] == AT_ONCE)
    for one in slow[AT_ONCE:]:
        turned_away = await webhook.send_webhook(TryDelivery(one, 1))
        assert (WHEN_BUSY, 0) == (turned_away.again_in_seconds, turned_away.tries), "it was no try"
    assert (await webhook.send_webhook(TryDelivery(quick, 1))).again_in_seconds is None
    gateway.opened.set()
    assert {None} == {tried.again_in_seconds for tried in await asyncio.gather(*waiting)}
    assert (await webhook.send_webhook(TryDelivery(slow[-1], 1))).again_in_seconds is None
    assert {SLOW: AT_ONCE + 1, QUICK: 1} == gateway.asked


async def test_a_try_that_was_noted_is_not_made_again(pool: asyncpg.Pool) -> None:
    """The worker died after its note and before it could say so."""
    gateway = FakeWebhooks()
    webhook = WebhookActivities(pool, pool, gateway, lambda event: "", (5.0, 60.0))
    business_id = (await open_shop(pool)).business_id
    (delivery,) = await deliveries(pool, business_id, QUICK, 1)
    await pool.execute("UPDATE webhook_deliveries SET attempts = 2 WHERE id = $1", delivery.id)
    tried = await webhook.send_webhook(TryDelivery(delivery, 2))
    assert (60.0, 2, 0) == (tried.again_in_seconds, tried.tries, gateway.asked[QUICK])
