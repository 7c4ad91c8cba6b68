"""A booking on DBOS that does nothing: as many steps, messages and events as the saga's, asked over HTTP. DBOS's own price."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from dbos import DBOS, DBOSConfiguredInstance, SetEnqueueOptions, SetWorkflowID
from fastapi import APIRouter

from bench.dbos.messages import APPOINTMENTS, HELD, REQUESTS, Confirm
from bench.dbos.steps import at_vendor, in_database, until_done

HOLD_FOR = 300.0
PATIENCE = 60.0


async def do_nothing(_: str) -> datetime:
    """One step."""
    return datetime.now(UTC)


@DBOS.dbos_class()
class NoBookings(DBOSConfiguredInstance):
    """The saga's calls to DBOS in the saga's order."""

    def __init__(self) -> None:
        super().__init__(config_name="nothing")

    @DBOS.workflow()
    async def book_nothing(self, number: str) -> None:
        await in_database(do_nothing, number)
        await DBOS.set_event_async(HELD, True)
        request: Confirm = await DBOS.recv_async(REQUESTS, timeout_seconds=HOLD_FOR)
        await in_database(do_nothing, number)
        await at_vendor(do_nothing, number)
        await in_database(do_nothing, number)
        await at_vendor(do_nothing, number)
        await until_done(do_nothing, number)
        await until_done(do_nothing, number)
        await DBOS.set_event_async(request.request_id, True)
        await asyncio.gather(at_vendor(do_nothing, number), at_vendor(do_nothing, number))
        with SetWorkflowID(f"complete-{number}"), SetEnqueueOptions(delay_seconds=timedelta(days=7).total_seconds()):
            await DBOS.enqueue_workflow_async(APPOINTMENTS, self.complete_nothing, number)

    @DBOS.workflow()
    async def complete_nothing(self, number: str) -> None:
        await in_database(do_nothing, number)


def routes_of(nothing: NoBookings) -> APIRouter:
    """The two requests of a customer, without what the product's routes do in them."""
    routes = APIRouter(prefix="/nothing")

    @routes.post("/{number}")
    async def hold(number: str) -> bool:
        with SetWorkflowID(f"nothing-{number}"):
            await DBOS.start_workflow_async(nothing.book_nothing, number)
        return bool(await DBOS.get_event_async(f"nothing-{number}", HELD, PATIENCE))

    @routes.post("/{number}/confirm")
    async def confirm(number: str) -> bool:
        wish = Confirm(uuid4().hex, "pm_card_visa", "http://127.0.0.1")
        await DBOS.send_async(f"nothing-{number}", wish, REQUESTS)
        return bool(await DBOS.get_event_async(f"nothing-{number}", wish.request_id, PATIENCE))

    return routes
