"""Every event reaches every endpoint that wants it, and an endpoint that does not answer is in nobody's way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from uuid_utils.compat import uuid7

from domain.bookings import BookingRef
from domain.webhooks import Delivery, DeliveryState, new_secret, queue_of
from store import webhook_deliveries, webhook_endpoints, webhook_log
from store.webhook_log import LoggedDelivery
from tests.orders import status_of
from tests.receivers import Receiver, receiving
from tests.waiting import PATIENCE, until
from tests.workflows.system import System, hasty_settings, running
from worker import telling, tuned_worker, webhook_activities
from workflows.webhooks import WebhooksSweepWorkflow

CONFIRMED = ["booking.held", "booking.confirming", "payment.authorised", "payment.captured", "booking.confirmed"]


@dataclass(frozen=True, slots=True)
class Told:
    """A system with receivers of its business."""

    system: System
    stack: AsyncExitStack

    @property
    def business_id(self) -> UUID:
        return self.system.shop.business_id

    async def receiver(self, *event_types: str) -> tuple[Receiver, UUID]:
        receiver = await self.stack.enter_async_context(receiving())
        receiver.secret, endpoint_id = new_secret(), uuid7()
        made = (self.business_id, endpoint_id, receiver.url, None, event_types, receiver.secret)
        await webhook_endpoints.create_endpoint(self.system.pool, *made)
        return receiver, endpoint_id

    async def hold(self) -> BookingRef:
        return await self.system.hold(self.system.shop.order())

    async def confirm(self) -> BookingRef:
        booking = await self.hold()
        await self.system.commands.confirm(booking, "ok", None)
        return booking

    async def log(self, endpoint_id: UUID) -> list[LoggedDelivery]:
        return await webhook_log.list_deliveries(self.system.pool, self.business_id, endpoint_id, None, None, 100)

    async def comes_to(self, endpoint_id: UUID, *states: DeliveryState) -> None:
        async def has_come() -> bool:
            return sorted(states) == sorted(one.state for one in await self.log(endpoint_id))

        await until(has_come)

    async def comes_when_due(self, endpoint_id: UUID) -> None:
        """As if the time of the next try had come; a try that was ended may still put it off once."""

        async def has_come() -> bool:
            await self.system.pool.execute("UPDATE webhook_deliveries SET due_at = now() WHERE state = 'pending'")
            return [DeliveryState.DELIVERED] == [one.state for one in await self.log(endpoint_id)]

        await until(has_come, every=0.5)

    async def was_tried(self, endpoint_id: UUID) -> bool:
        return [1] == [one.attempts for one in await self.log(endpoint_id)]

    async def endpoint(self, endpoint_id: UUID) -> webhook_endpoints.WebhookEndpoint:
        found = await webhook_endpoints.find_endpoint(self.system.pool, self.business_id, endpoint_id)
        assert found is not None
        return found

    async def deliveries(self) -> list[Delivery]:
        rows = await self.system.pool.fetch("SELECT business_id, id, event_id, endpoint_id, round FROM webhook_deliveries")
        return [Delivery(**row) for row in rows]

    async def workflow(self) -> WorkflowHandle[None, None]:
        """Of the only delivery."""
        (delivery,) = await self.deliveries()
        return self.system.client.get_workflow_handle(delivery.workflow_id)

    async def is_over(self) -> bool:
        """Whether every delivery's workflow has ended."""
        for delivery in await self.deliveries():
            description = await self.system.client.get_workflow_handle(delivery.workflow_id).describe()
            if description.status is WorkflowExecutionStatus.RUNNING:
                return False
        return True


@asynccontextmanager
async def telling_system(
    database_url: str,
    temporal_server: str,
    pool: asyncpg.Pool,
    *,
    is_prompt: bool = True,
    retry_seconds: str = "0.2,0.3",
    capacity: int = 1,
    **changes: object,
) -> AsyncIterator[Told]:
    """What has ended is replayed at the end. Receivers go first, so that nothing waits for them."""
    known: dict[str, object] = {"webhook_may_be_local": True, "webhook_retry_seconds": retry_seconds}
    settings = hasty_settings(database_url, temporal_server, **(known | changes))
    async with running(settings, pool, capacity=capacity) as system:
        own = settings.model_copy(update={"task_queue": queue_of(settings.task_queue)})
        does = webhook_activities(settings, *system.pools)
        teller = telling(settings, system.client, *system.pools) if is_prompt else tuned_worker(own, system.client, (), does)
        async with teller, AsyncExitStack() as stack:
            told = Told(system, stack)
            yield told
            system.workflow_ids += [delivery.workflow_id for delivery in await told.deliveries()]
            system.workflow_ids.append(f"{settings.task_queue}-webhooks-prompt-sweep")


@pytest.fixture
async def told(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[Told]:
    async with telling_system(database_url, temporal_server, pool) as told:
        yield told


async def test_a_bookings_story_is_told_in_order_and_soon(told: Told) -> None:
    receiver, endpoint = await told.receiver(*CONFIRMED)
    booking = await told.confirm()
    committed = time.monotonic()
    await receiver.gets(len(CONFIRMED))
    assert time.monotonic() - committed < 10, "in a second or two, or a few on a busy machine; not at the next minute"
    assert receiver.of(str(booking.booking_id)) == sorted(receiver.types, key=lambda one: CONFIRMED.index(one))
    assert all(one.is_verified for one in receiver.got)
    sequences = [one.event["sequence"] for one in receiver.got]
    assert sorted(sequences) == sequences
    await told.comes_to(endpoint, *(len(CONFIRMED) * [DeliveryState.DELIVERED]))
    await until(told.is_over)


async def test_what_fails_is_tried_again_under_the_same_id_with_the_same_body(told: Told) -> None:
    receiver, endpoint = await told.receiver("booking.held")
    receiver.answers = [500, 503]
    await told.hold()
    await told.comes_to(endpoint, DeliveryState.DELIVERED)
    assert 3 == len(receiver.got)
    assert 1 == len({(one.id, one.body) for one in receiver.got})
    assert all(one.is_verified for one in receiver.got)
    (logged,) = await told.log(endpoint)
    assert (3, 200) == (logged.attempts, logged.last_status)
    assert (await told.endpoint(endpoint)).failing_since is None


async def test_an_endpoint_that_never_takes_anything_is_disabled_and_the_business_is_told_so(told: Told) -> None:
    receiver, endpoint = await told.receiver("booking.held", "booking.expired")
    receiver.usual, receiver.body = 500, "out of order"
    await told.hold()
    await told.comes_to(endpoint, DeliveryState.FAILED)
    disabled = await told.endpoint(endpoint)
    assert (False, "failing") == (disabled.is_enabled, disabled.disabled_reason)
    (logged,) = await told.log(endpoint)
    assert (3, 500, "out of order") == (logged.attempts, logged.last_status, logged.last_answer)
    assert 3 == len(receiver.got)
    await until(told.is_over)


async def test_an_endpoint_that_says_410_is_disabled_at_once(told: Told) -> None:
    receiver, endpoint = await told.receiver("booking.held")
    receiver.usual = 410
    await told.hold()
    await told.comes_to(endpoint, DeliveryState.FAILED)
    assert (False, "gone") == ((one := await told.endpoint(endpoint)).is_enabled, one.disabled_reason)
    assert 1 == len(receiver.got)


async def test_an_endpoint_that_never_answers_delays_nothing_else(told: Told) -> None:
    """C40: neither the booking, nor its messages, nor the endpoint beside it."""
    hanging, _ = await told.receiver()
    hanging.hangs = True
    good, _ = await told.receiver(*CONFIRMED)
    bookings = [await told.system.hold(told.system.shop.order())]
    await told.system.commands.confirm(bookings[0], "ok", None)
    await good.gets(len(CONFIRMED))
    await until(lambda: len(told.system.email.sent) >= 1 and len(told.system.sms.sent) >= 1)
    assert "confirmed" == await status_of(told.system.pool, bookings[0])
    assert ["booking.held"] == hanging.types, "it was asked, and has not answered yet"


async def test_the_sweep_alone_tells_everything_when_nobody_starts_it_at_once(
    database_url: str, temporal_server: str, pool: asyncpg.Pool
) -> None:
    async with telling_system(database_url, temporal_server, pool, is_prompt=False) as told:
        receiver, _ = await told.receiver("booking.held", "booking.confirmed")
        await told.confirm()
        assert [] == receiver.got
        await sweep(told)
        await receiver.gets(2)
        await sweep(told)
        assert ["booking.held", "booking.confirmed"] == receiver.types


async def test_two_sweeps_at_once_send_each_once(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> None:
    async with telling_system(database_url, temporal_server, pool, is_prompt=False) as told:
        receiver, endpoint = await told.receiver("booking.held")
        await told.hold()
        await asyncio.gather(sweep(told), sweep(told))
        await sweep(told)
        await told.comes_to(endpoint, DeliveryState.DELIVERED)
        await until(told.is_over)
        assert 1 == len(receiver.got)


@pytest.mark.parametrize("end", ["cancel", "terminate"])
async def test_a_delivery_that_an_operator_ends_while_it_waits_goes_on_later(
    database_url: str, temporal_server: str, pool: asyncpg.Pool, end: str
) -> None:
    """Never lost: to be rid of it one disables the endpoint."""
    async with telling_system(database_url, temporal_server, pool, retry_seconds="3600,3600") as told:
        receiver, endpoint = await told.receiver("booking.held")
        receiver.answers = [500]
        await told.hold()
        await until(lambda: told.was_tried(endpoint))
        handle = await told.workflow()
        await (handle.cancel() if end == "cancel" else handle.terminate("by mistake"))
        await until(told.is_over)
        await told.comes_when_due(endpoint)
        assert 1 == len({one.id for one in receiver.got}) < len(receiver.got)


@pytest.mark.parametrize("end", ["cancel", "terminate"])
async def test_a_delivery_that_an_operator_ends_while_it_is_tried_goes_on_later(told: Told, end: str) -> None:
    receiver, endpoint = await told.receiver("booking.held")
    receiver.hangs = True
    await told.hold()
    await receiver.gets(1)
    handle = await told.workflow()
    await (handle.cancel() if end == "cancel" else handle.terminate("by mistake"))
    await until(told.is_over)
    receiver.hangs = False
    await told.comes_when_due(endpoint)
    assert 1 == len({one.id for one in receiver.got})


@pytest.mark.parametrize("end", ["cancel", "terminate"])
async def test_a_sweep_that_an_operator_ends_is_followed_by_another(
    database_url: str, temporal_server: str, pool: asyncpg.Pool, end: str
) -> None:
    """It is ended while a lock keeps it from looking; what it would have started, the next one starts."""
    async with telling_system(database_url, temporal_server, pool) as told:
        receiver, _ = await told.receiver("booking.held")
        handle = told.system.client.get_workflow_handle(f"{told.system.settings.task_queue}-webhooks-prompt-sweep")
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("LOCK TABLE webhook_deliveries IN ACCESS EXCLUSIVE MODE")
            await told.hold()
            await told.system.client.start_workflow(
                WebhooksSweepWorkflow.run, id=handle.id, task_queue=told.system.settings.task_queue
            )
            await (handle.cancel() if end == "cancel" else handle.terminate("by mistake"))
        await receiver.gets(1)


async def test_a_dropped_endpoint_ends_what_is_on_its_way(told: Told) -> None:
    receiver, endpoint = await told.receiver("booking.held")
    receiver.usual = 500
    await told.hold()
    await receiver.gets(1)
    handle = await told.workflow()
    await webhook_endpoints.drop_endpoint(told.system.pool, told.business_id, endpoint)
    await asyncio.wait_for(handle.result(), PATIENCE)
    assert len(receiver.got) <= 2


async def test_a_replaced_delivery_leaves_the_rest_to_its_replay(
    database_url: str, temporal_server: str, pool: asyncpg.Pool
) -> None:
    """The retry would wait for hours; whoever has mended their system wants the event now."""
    async with telling_system(database_url, temporal_server, pool, retry_seconds="3600") as told:
        receiver, endpoint = await told.receiver("booking.held")
        receiver.answers = [500]
        await told.hold()
        await until(lambda: told.was_tried(endpoint))
        (delivery,) = await told.deliveries()
        async with told.system.pool.acquire() as connection, connection.transaction():
            await webhook_log.replay(connection, told.business_id, endpoint, delivery.id)
        await told.comes_to(endpoint, DeliveryState.REPLACED, DeliveryState.DELIVERED)
        assert 1 == len({one.id for one in receiver.got})
        assert await webhook_deliveries.open_delivery(told.system.pool, delivery) is None
        await told.system.client.get_workflow_handle(delivery.workflow_id).terminate("the test is over")


async def sweep(told: Told) -> None:
    workflow_id = f"sweep-{uuid7()}"
    told.system.workflow_ids.append(workflow_id)
    queue = told.system.settings.task_queue
    await told.system.client.execute_workflow(WebhooksSweepWorkflow.run, id=workflow_id, task_queue=queue)
