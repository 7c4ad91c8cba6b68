"""Every booking that is not over has its workflow, and every workflow its booking (promise 5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.bookings import BookingRef
from domain.findings import Finding, Rule
from domain.series import SeriesRef
from store.checks import pages
from store.pool import Database

AT_ONCE = 32
OWN = ("BookingWorkflow", "AppointmentWorkflow", "SeriesWorkflow", "KeptSeriesWorkflow")
PAGE = 500


async def find_bookings_without(database: Database, temporal: Client, page: Sequence[BookingRef]) -> list[Finding]:
    """Bookings of this page that are not over and that no open workflow is at. Until it is confirmed, a series' one is its
    bookings'."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def look(booking: BookingRef, status: str, series_id: UUID | None) -> Finding | None:
        held = series_id is not None and status != "confirmed"
        address = SeriesRef(booking.business_id, series_id).workflow_id if held and series_id else booking.workflow_id
        async with limit:
            state = await _state(temporal, address)
        if state == WorkflowExecutionStatus.RUNNING.name:
            return None
        detail = f"{status}, {address} {state}"
        return Finding(Rule.BOOKING_WITHOUT_WORKFLOW, booking.booking_id, detail, business=booking.business_id)

    found = await asyncio.gather(*(look(*one) for one in await pages.still_open(database, page)))
    return [one for one in found if one is not None]


async def find_without_bookings(
    database: Database, temporal: Client, task_queue: str, begun_before: datetime, businesses: Collection[UUID] | None
) -> AsyncIterator[tuple[int, list[Finding]]]:
    """Open workflows of this deployment whose booking was never written, with how many were looked at, page by page.

    Temporal's list lags behind its workflows, so each is asked for itself before it is called open.
    """
    types = ", ".join(f"'{name}'" for name in OWN)
    query = f"ExecutionStatus = 'Running' AND TaskQueue = '{task_queue}' AND WorkflowType IN ({types})"
    if businesses is not None:
        query += f" AND BusinessId IN ({', '.join(repr(str(one)) for one in businesses)})"
    listed: list[str] = []
    async for one in temporal.list_workflows(query, page_size=PAGE):
        if one.start_time <= begun_before:
            listed.append(one.id)
        if len(listed) == PAGE:
            yield PAGE, await _unknown(database, temporal, listed)
            listed = []
    yield len(listed), await _unknown(database, temporal, listed)


async def _unknown(database: Database, temporal: Client, addresses: Sequence[str]) -> list[Finding]:
    ids = {address: UUID(address.partition("-")[2]) for address in addresses}
    known = await pages.known_ids(database, ids.values())
    found = []
    for address, own_id in ids.items():
        if own_id not in known and await _state(temporal, address) == WorkflowExecutionStatus.RUNNING.name:
            found.append(Finding(Rule.WORKFLOW_WITHOUT_BOOKING, own_id, address))
    return found


async def _state(temporal: Client, address: str) -> str:
    """Of its newest run."""
    try:
        status = (await temporal.get_workflow_handle(address).describe()).status
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise
        return "MISSING"
    return status.name if status else "UNKNOWN"
