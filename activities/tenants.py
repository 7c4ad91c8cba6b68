"""Whose rows an activity may see: those of the business that its order names."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any
from uuid import UUID

from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from store.tenants import of_business


def business_named_in(order: object) -> UUID | None:
    """The business of the booking, series or reminder that the order is about; None for work over all businesses."""
    found = getattr(order, "business_id", None)
    if isinstance(found, UUID):
        return found
    if is_dataclass(order):
        for field in fields(order):
            if (within := business_named_in(getattr(order, field.name))) is not None:
                return within
    return None


class _NameBusiness(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        with of_business(business_named_in(input.args[0] if input.args else None)):
            return await super().execute_activity(input)


class TenantsInterceptor(Interceptor):
    """Has every activity work for the business that its order names."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _NameBusiness(next)
