"""A namespace is prepared once or many times, with the same outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from settings import Settings
from temporal import attributes, schedules
from temporal.client import connect
from temporal.setup import register
from tests.waiting import until


@pytest.fixture
async def settings(temporal_server: str) -> AsyncIterator[Settings]:
    """A deployment of its own; its schedules are gone afterwards."""
    known = {"database_url": "postgresql://unused", "token_secret": "t" * 32}
    settings = Settings.model_validate(known | {"temporal_address": temporal_server, "task_queue": f"setup-{uuid4()}"})
    yield settings
    client = await connect(settings)
    for schedule_id in schedules.all_of(settings.task_queue):
        await client.get_schedule_handle(schedule_id).delete()


@pytest.fixture
async def client(settings: Settings) -> Client:
    return await connect(settings)


async def test_every_search_attribute_is_registered_with_its_type(settings: Settings, client: Client) -> None:
    await register(settings)
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    expected = {key.name: int(key.indexed_value_type) for key in attributes.ALL}
    assert expected == {name: listed.custom_attributes[name] for name in expected}


async def test_registering_again_changes_nothing(settings: Settings, client: Client) -> None:
    await register(settings)
    schedule_id = f"{settings.task_queue}-reminders"
    handle = client.get_schedule_handle(schedule_id)
    first = await handle.describe()
    await register(settings)
    again = await handle.describe()
    assert asdict(first.schedule.spec) == asdict(again.schedule.spec)
    assert asdict(first.schedule.policy) == asdict(again.schedule.policy)
    assert first.info.created_at == again.info.created_at


async def test_a_schedule_that_an_operator_paused_stays_paused(settings: Settings, client: Client) -> None:
    await register(settings)
    schedule_id = f"{settings.task_queue}-reminders"
    handle = client.get_schedule_handle(schedule_id)
    await handle.pause(note="the SMS vendor is down")
    await register(settings)
    state = (await handle.describe()).schedule.state
    assert (True, "the SMS vendor is down") == (state.paused, state.note)


@pytest.mark.parametrize("what", ["reminders", "webhooks"])
async def test_they_are_swept_every_minute_and_never_twice_at_once(settings: Settings, client: Client, what: str) -> None:
    await register(settings)
    schedule_id = f"{settings.task_queue}-{what}"
    schedule = (await client.get_schedule_handle(schedule_id).describe()).schedule
    assert [timedelta(minutes=1)] == [interval.every for interval in schedule.spec.intervals]
    assert schedules.all_of(settings.task_queue)[schedule_id].policy.overlap == schedule.policy.overlap


async def test_bookings_are_found_by_each_attribute(settings: Settings, client: Client) -> None:
    """As an operator does it in the Web UI."""
    await register(settings)
    business, provider, at = uuid4(), uuid4(), datetime(2027, 3, 8, 9, tzinfo=UTC)
    workflow_id = f"booking-{uuid4()}"
    await client.start_workflow(
        "NobodyRunsThis",
        id=workflow_id,
        task_queue=settings.task_queue,
        search_attributes=attributes.of_booking(business, provider, at, "pending"),
    )

    async def found(query: str) -> bool:
        return [workflow_id] == [run.id async for run in client.list_workflows(query)]

    mine = f"TaskQueue = '{settings.task_queue}' AND WorkflowType = 'NobodyRunsThis'"
    for query in (
        f"BusinessId = '{business}'",
        f"ProviderId = '{provider}'",
        f"BookingStatus = 'pending' AND {mine}",
        f"StartsAt BETWEEN '2027-03-08T09:00:00Z' AND '2027-03-08T09:00:01Z' AND {mine}",
    ):
        await until(partial(found, query))
    await client.get_workflow_handle(workflow_id).terminate()
