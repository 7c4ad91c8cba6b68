"""Prepares a Temporal namespace for us: search attributes and schedules. Safe to run again."""

from __future__ import annotations

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client

from settings import Settings
from temporal import attributes, schedules
from temporal.client import connect


async def register(settings: Settings) -> None:
    """Registers what is missing. Raises RPCError when the namespace may not be changed with these credentials."""
    client = await connect(settings)
    await register_attributes(client)
    for schedule_id, schedule in schedules.all_of(settings.task_queue).items():
        await schedules.ensure(client, schedule_id, schedule)


async def register_attributes(client: Client) -> None:
    """Adds the search attributes that the namespace lacks."""
    known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=client.namespace))
    missing = {
        key.name: IndexedValueType.ValueType(int(key.indexed_value_type))
        for key in attributes.ALL
        if key.name not in known.custom_attributes
    }
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
