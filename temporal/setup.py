"""Prepares a Temporal namespace for us: search attributes and schedules. Safe to run again."""

from __future__ import annotations

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest

from settings import Settings
from temporal import attributes
from temporal.client import connect


async def register(settings: Settings) -> None:
    """Registers what is missing. Raises RPCError when the namespace may not be changed with these credentials."""
    client = await connect(settings)
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=settings.temporal_namespace)
    )
    missing = {
        key.name: IndexedValueType.ValueType(int(key.indexed_value_type))
        for key in attributes.ALL
        if key.name not in known.custom_attributes
    }
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=settings.temporal_namespace, search_attributes=missing)
        )
