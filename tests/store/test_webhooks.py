"""What is told: kept with the change it tells of, spread to who wants it, due in order, sent again when it was missed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from api.schemas.webhooks import render
from domain.bookings import BookingRef, BookingStatus, HoldSlot
from domain.webhooks import AT_ONCE, Delivery, Receipt, new_secret
from store import bookings, webhook_deliveries, webhook_endpoints, webhook_events, webhook_log
from store.events import tell
from store.pool import open_pool
from tests.opening import payloads_of
from tests.orders import TOMORROW, Shop, open_shop, ref

FIVE_MINUTES = timedelta(minutes=5)
SOON = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Told:
    """One business's view of its webhooks. Other tests' businesses share the database."""

    pool: asyncpg.Pool
    shop: Shop

    async def listens(self, *event_types: str, is_enabled: bool = True) -> UUID:
        endpoint_id = uuid7()
        url = "https://salon.example/hooks"
        made = (self.shop.business_id, endpoint_id, url, None, event_types, new_secret())
        await webhook_endpoints.create_endpoint(self.pool, *made, is_enabled=is_enabled)
        return endpoint_id

    async def spread(self) -> None:
        while await webhook_events.spread(self.pool, render, 100):
            pass

    async def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(payload) for payload in await payloads_of(self.pool, self.shop.business_id)]

    async def sent(self) -> list[str]:
        return await payloads_of(self.pool, self.shop.business_id)

    async def due(self) -> list[Delivery]:
        return [one for one in await webhook_deliveries.find_due(self.pool, 1000) if one.business_id == self.shop.business_id]

    async def start(self) -> list[Delivery]:
        due = await self.due()
        await webhook_deliveries.mark_started(self.pool, due)
        return due

    async def tried(self, delivery: Delivery, status: int = 200, number: int = 1, again: timedelta | None = SOON) -> None:
        await webhook_deliveries.save_receipt(self.pool, delivery, number, Receipt(datetime.now(UTC), status), again)

    async def types(self, due: Sequence[Delivery]) -> list[str]:
        rows = await self.pool.fetch("SELECT id, type FROM webhook_events WHERE business_id = $1", self.shop.business_id)
        names = {row["id"]: row["type"] for row in rows}
        return [names[one.event_id] for one in due]

    async def log(self, endpoint_id: UUID) -> list[tuple[str, str, int]]:
        found = await webhook_log.list_deliveries(self.pool, self.shop.business_id, endpoint_id, None, None, 100)
        return sorted((one.type, one.state.value, one.round) for one in found)

    async def endpoint(self, endpoint_id: UUID) -> webhook_endpoints.WebhookEndpoint:
        found = await webhook_endpoints.find_endpoint(self.pool, self.shop.business_id, endpoint_id)
        assert found is not None
        return found

    async def kept(self) -> int:
        return int(await self.pool.fetchval("SELECT count(*) FROM webhook_events WHERE business_id = $1", self.shop.business_id))


@pytest.fixture
async def told(shared_pool: asyncpg.Pool) -> Told:
    return Told(shared_pool, await open_shop(shared_pool, capacity=50))


async def hold(told: Told, order: HoldSlot | None = None) -> BookingRef:
    order = order or told.shop.order()
    await bookings.hold(told.pool, order, FIVE_MINUTES)
    return ref(order)


async def confirm(told: Told, booking: BookingRef) -> None:
    for status in (BookingStatus.CONFIRMING, BookingStatus.CONFIRMED):
        async with told.pool.acquire() as connection, connection.transaction():
            await bookings.move(connection, booking, status, key=status.value, kind=status.value)


async def test_nothing_is_kept_where_nobody_listens(told: Told) -> None:
    await confirm(told, await hold(told))
    assert 0 == await told.kept()


async def test_each_event_shows_the_booking_as_its_own_change_left_it(told: Told) -> None:
    """Also when it is sent long after: it is no look at the present."""
    await told.listens()
    booking = await hold(told)
    await confirm(told, booking)
    await told.spread()
    events = await told.payloads()
    assert ["booking.held", "booking.confirming", "booking.confirmed"] == [event["type"] for event in events]
    assert ["pending", "confirming", "confirmed"] == [event["data"]["status"] for event in events]
    assert {str(booking.booking_id)} == {event["data"]["id"] for event in events}
    assert sorted(event["sequence"] for event in events) == [event["sequence"] for event in events]
    assert "Ada Lovelace" == events[0]["data"]["customer"]["name"]


async def test_no_event_carries_a_token_or_its_hash(told: Told) -> None:
    await told.listens()
    order = told.shop.order()
    await hold(told, order)
    kept = await told.pool.fetchval("SELECT snapshot::text FROM webhook_events WHERE business_id = $1", told.shop.business_id)
    await told.spread()
    sent = json.dumps(await told.payloads())
    for text in (kept, sent):
        assert "manage_token" not in text
        assert order.manage_token_hash not in text


async def test_an_event_does_not_exist_before_the_commit_it_tells_of(told: Told) -> None:
    """C12: who is told before the commit may be told of what never was."""
    await told.listens()
    booking = await hold(told)
    await told.spread()
    async with told.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await bookings.move(connection, booking, BookingStatus.CONFIRMING, key="confirming:1", kind="confirming")
        assert 1 == await told.kept()
        await told.spread()
        assert ["booking.held"] == [event["type"] for event in await told.payloads()]
        await transaction.rollback()
    await told.spread()
    assert ["booking.held"] == [event["type"] for event in await told.payloads()]


async def test_an_event_is_kept_when_its_change_is(told: Told) -> None:
    """What cannot be kept keeps the change from happening, too: there is no change that nobody hears of."""
    await told.listens()
    booking = await hold(told)
    await told.pool.execute("ALTER TABLE webhook_events ADD CONSTRAINT full_up CHECK (kind <> 'expired') NOT VALID")
    try:
        with pytest.raises(asyncpg.CheckViolationError):
            await bookings.close(told.pool, booking, BookingStatus.EXPIRED, "hold-expired")
        assert "pending" == await told.pool.fetchval("SELECT status FROM bookings WHERE id = $1", booking.booking_id)
    finally:
        await told.pool.execute("ALTER TABLE webhook_events DROP CONSTRAINT full_up")


async def test_what_is_our_own_business_is_told_to_nobody(told: Told) -> None:
    endpoint = await told.listens()
    booking = await hold(told)
    async with told.pool.acquire() as connection, connection.transaction():
        await tell(connection, booking, "claim-secured", "claim_secured")
    await told.spread()
    assert ["booking.held"] == [event["type"] for event in await told.payloads()]
    assert [("booking.held", "pending", 0)] == await told.log(endpoint)


async def test_an_endpoint_gets_what_it_wants_and_only_while_it_is_enabled(told: Told) -> None:
    everything, some = await told.listens(), await told.listens("booking.confirmed")
    disabled = await told.listens(is_enabled=False)
    await confirm(told, await hold(told))
    late = await told.listens()
    await told.spread()
    assert 3 == len(await told.log(everything))
    assert [("booking.confirmed", "pending", 0)] == await told.log(some)
    assert [[], []] == [await told.log(disabled), await told.log(late)]


async def test_spreading_again_makes_nothing_twice(told: Told) -> None:
    endpoint = await told.listens()
    await hold(told)
    await told.spread()
    await told.spread()
    assert 1 == len(await told.log(endpoint))


async def test_a_bookings_events_go_one_after_the_other_until_each_was_tried(told: Told) -> None:
    """In order as far as retries allow: the second waits for the first one's first try, not for its success."""
    await told.listens()
    await confirm(told, await hold(told))
    await hold(told)
    await told.spread()
    first, other = await told.start()
    assert ["booking.held", "booking.held"] == await told.types([first, other])
    assert [] == await told.due()
    assert await webhook_deliveries.take_next(told.pool, first) is None, "the first is still under way"
    await told.tried(first, 500)
    second = await webhook_deliveries.take_next(told.pool, first)
    assert second is not None and ["booking.confirming"] == await told.types([second])
    assert await webhook_deliveries.take_next(told.pool, first) is None, "whoever took it starts it"
    await told.tried(second)
    (third,) = await told.due()
    assert ["booking.confirmed"] == await told.types([third])


async def test_an_endpoint_is_worked_at_with_so_many_at_once(told: Told) -> None:
    """So a slow one piles up in the database and not in the workers; another beside it is not kept waiting."""
    slow, quick = await told.listens("booking.held"), await told.listens("booking.expired")
    for _ in range(AT_ONCE + 5):
        await hold(told)
    expired = await hold(told)
    await bookings.close(told.pool, expired, BookingStatus.EXPIRED, "hold-expired")
    await told.spread()
    started = await told.start()
    assert AT_ONCE == sum(one.endpoint_id == slow for one in started)
    assert 1 == sum(one.endpoint_id == quick for one in started)
    assert [] == await told.due()
    await told.tried(next(one for one in started if one.endpoint_id == slow))
    assert 1 == len(await told.due())


async def test_a_delivery_whose_workflow_was_lost_is_due_again(told: Told) -> None:
    await told.listens()
    await hold(told)
    await told.spread()
    (lost,) = await told.start()
    assert [] == await told.due()
    await told.pool.execute("UPDATE webhook_deliveries SET due_at = now() WHERE id = $1", lost.id)
    assert [lost] == await told.due()
    await told.tried(lost, 500)
    assert [] == await told.due()
    await told.pool.execute("UPDATE webhook_deliveries SET due_at = now() WHERE id = $1", lost.id)
    assert [replace(lost, tries=1)] == await told.due(), "and goes on where it was"


async def test_a_try_counts_once(told: Told) -> None:
    await told.listens()
    await hold(told)
    await told.spread()
    (delivery,) = await told.start()
    for _ in range(2):
        await told.tried(delivery, 500)
    found = await webhook_log.find_delivery(told.pool, delivery.business_id, delivery.endpoint_id, delivery.id)
    assert found is not None and (1, 500, "pending") == (found.attempts, found.last_status, found.state)


async def test_an_endpoint_that_is_gone_is_disabled_at_once_and_the_rest_is_skipped(told: Told) -> None:
    endpoint = await told.listens()
    await confirm(told, await hold(told))
    await told.spread()
    (delivery,) = await told.start()
    await told.tried(delivery, 410)
    disabled = await told.endpoint(endpoint)
    assert (False, "gone") == (disabled.is_enabled, disabled.disabled_reason)
    states = {("booking.held", "failed", 0), ("booking.confirming", "skipped", 0), ("booking.confirmed", "skipped", 0)}
    assert states == set(await told.log(endpoint))


async def test_an_endpoint_that_fails_for_days_is_disabled_and_says_so(told: Told) -> None:
    endpoint = await told.listens()
    await hold(told)
    await told.spread()
    (delivery,) = await told.start()
    await told.tried(delivery, 500)
    failing = await told.endpoint(endpoint)
    assert failing.is_enabled and failing.failing_since is not None
    await told.tried(delivery, 500, 2, None)
    disabled = await told.endpoint(endpoint)
    assert (False, "failing") == (disabled.is_enabled, disabled.disabled_reason)
    assert disabled.disabled_at is not None and disabled.failing_since == failing.failing_since
    enabled = await webhook_endpoints.change_endpoint(
        told.pool, told.shop.business_id, endpoint, "https://salon.example/new", None, (), is_enabled=True
    )
    assert enabled is not None
    assert (True, None, None, None) == (
        enabled.is_enabled, enabled.disabled_reason, enabled.disabled_at, enabled.failing_since
    )  # fmt: skip


async def test_one_bad_event_does_not_disable_an_endpoint_that_takes_others(told: Told) -> None:
    endpoint = await told.listens()
    for _ in range(2):
        await hold(told)
    await told.spread()
    bad, good = await told.start()
    await told.tried(bad, 500)
    await told.tried(good, 200)
    await told.tried(bad, 500, 2, None)
    assert (await told.endpoint(endpoint)).is_enabled
    assert {("booking.held", "failed", 0), ("booking.held", "delivered", 0)} == set(await told.log(endpoint))


async def test_both_secrets_sign_until_the_old_one_ends(told: Told) -> None:
    endpoint = await told.listens()
    await hold(told)
    await told.spread()
    (delivery,) = await told.start()
    first = await webhook_deliveries.open_delivery(told.pool, delivery)
    assert first is not None
    (old,), new = first.parcel.secrets, new_secret()
    await webhook_endpoints.rotate_secret(told.pool, told.shop.business_id, endpoint, new, timedelta(hours=1))
    both = await webhook_deliveries.open_delivery(told.pool, delivery)
    assert both is not None and (new, old) == both.parcel.secrets
    await told.pool.execute("UPDATE webhook_endpoints SET previous_secret_until = now() WHERE id = $1", endpoint)
    after = await webhook_deliveries.open_delivery(told.pool, delivery)
    assert after is not None and (new,) == after.parcel.secrets


async def test_a_replay_sends_the_same_event_as_another_round(told: Told) -> None:
    endpoint = await told.listens()
    await hold(told)
    await told.spread()
    (delivery,) = await told.start()
    assert await replay(told, delivery) is None, "it is on its way already"
    await told.tried(delivery)
    assert await replay(told, delivery) is not None
    (again,) = await told.due()
    assert (delivery.event_id, 1) == (again.event_id, again.round)
    assert [("booking.held", "delivered", 0), ("booking.held", "pending", 1)] == await told.log(endpoint)


async def test_a_replay_takes_the_place_of_a_retry_that_waits(told: Told) -> None:
    endpoint = await told.listens()
    await hold(told)
    await told.spread()
    (delivery,) = await told.start()
    await told.tried(delivery, 500)
    assert await replay(told, delivery) is not None
    assert [("booking.held", "pending", 1), ("booking.held", "replaced", 0)] == await told.log(endpoint)
    assert await webhook_deliveries.open_delivery(told.pool, delivery) is None, "the old workflow finds nothing to do"


async def test_a_range_is_sent_again_with_what_happened_while_the_endpoint_was_disabled(told: Told) -> None:
    endpoint = await told.listens("booking.held", "booking.confirmed")
    await hold(told)
    await told.spread()
    await told.tried((await told.start())[0])
    await enable(told, endpoint, is_enabled=False)
    await confirm(told, await hold(told))
    await told.spread()
    await enable(told, endpoint, is_enabled=True)
    assert 2 == await replay_range(told, endpoint, missed_only=True)
    assert 0 == await replay_range(told, endpoint, missed_only=True), "they are on their way"
    assert {("booking.held", "delivered", 0), ("booking.held", "pending", 0), ("booking.confirmed", "pending", 0)} == set(
        await told.log(endpoint)
    )
    assert ["booking.held"] == await told.types(await told.due()), "in order"
    assert 1 == await replay_range(told, endpoint, missed_only=False)


async def test_what_is_older_than_a_month_is_forgotten_with_its_log(told: Told) -> None:
    endpoint = await told.listens()
    await hold(told)
    await told.spread()
    await told.pool.execute(
        "UPDATE webhook_events SET at = now() - interval '30 days 1 minute' WHERE business_id = $1", told.shop.business_id
    )
    await hold(told, told.shop.order(TOMORROW + timedelta(hours=1)))
    await webhook_events.forget_old(told.pool, 1000)
    assert (1, []) == (await told.kept(), await told.log(endpoint))


async def test_two_who_spread_at_once_keep_the_order(told: Told, shared_pool: asyncpg.Pool) -> None:
    """One of them does; the other comes back later."""
    await told.listens()
    await hold(told)
    async with shared_pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", webhook_events.SPREADS)
        assert 0 == await webhook_events.spread(told.pool, render, 100)
    assert await webhook_deliveries.has_news(told.pool)
    await told.spread()
    assert 1 == len(await told.due())


async def test_an_event_that_cannot_be_rendered_holds_up_no_other(told: Told) -> None:
    """A bug of ours with one event; once it is mended, that is told, too."""
    endpoint = await told.listens()
    broken, good = await hold(told), await hold(told)

    def clumsy(event: webhook_events.WebhookEvent) -> str:
        if event.booking.ref == broken:
            raise KeyError("a bug")
        return render(event)

    while await webhook_events.spread(told.pool, clumsy, 1):
        pass
    assert [("booking.held", "pending", 0)] == await told.log(endpoint)
    assert str(good.booking_id) in (await told.sent())[0]
    await told.pool.execute("UPDATE webhook_events SET not_before = now() WHERE payload IS NULL")  # ten minutes later
    await told.spread()
    assert 2 == len(await told.log(endpoint))


async def test_a_quiet_database_has_no_news(database_url: str) -> None:
    pool = await open_pool(database_url, 2)
    try:
        told = Told(pool, await open_shop(pool))
        assert not await webhook_deliveries.has_news(pool)
        await told.listens()
        await hold(told)
        assert await webhook_deliveries.has_news(pool)
        await told.spread()
        assert await webhook_deliveries.has_news(pool)
        await told.start()
        assert not await webhook_deliveries.has_news(pool)
    finally:
        await pool.close()


async def replay(told: Told, delivery: Delivery) -> UUID | None:
    async with told.pool.acquire() as connection, connection.transaction():
        return await webhook_log.replay(connection, delivery.business_id, delivery.endpoint_id, delivery.id)


async def replay_range(told: Told, endpoint: UUID, *, missed_only: bool) -> int:
    now = datetime.now(UTC)
    async with told.pool.acquire() as connection, connection.transaction():
        return await webhook_log.replay_range(
            connection, told.shop.business_id, endpoint, now - timedelta(hours=1), now + SOON, missed_only=missed_only
        )


async def enable(told: Told, endpoint: UUID, *, is_enabled: bool) -> None:
    present = await told.endpoint(endpoint)
    await webhook_endpoints.change_endpoint(
        told.pool, told.shop.business_id, endpoint, present.url, None, present.event_types, is_enabled=is_enabled
    )
