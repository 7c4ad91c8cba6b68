"""A booking that does nothing: the saga's steps in the saga's order, with activities that only return.

What is left of the time is what Temporal itself takes for a history of this shape. That the shape is still the saga's is
checked at every run, from the histories of both (see `bench.histories`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from temporalio import activity, workflow
from temporalio.common import SearchAttributePair

with workflow.unsafe.imports_passed_through():
    from domain.bookings import BookingRef, BookingStatus, HoldSlot
    from temporal import attributes
    from workflows.messages import BookSlot, Confirm, Confirmed, Held, KeepAppointment
    from workflows.steps import at_vendor, in_database


class NoActivities:
    """As many kinds as the no-op has arguments and results."""

    @activity.defn
    async def hold_nothing(self, _order: HoldSlot) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=5)

    @activity.defn
    async def note_nothing(self, booking: BookingRef) -> None:
        """One local activity."""

    @activity.defn
    async def ask_nobody(self, booking: BookingRef) -> None:
        """One regular activity."""


@workflow.defn
class NoBookingWorkflow:
    """Holds and confirms nothing, then goes on as an appointment with nobody."""

    @workflow.init
    def __init__(self, book: BookSlot) -> None:
        self._order = book.order
        self._booking = BookingRef(book.order.business_id, book.order.booking_id)
        self._held: Held | None = None
        self._is_wanted = False
        self._is_confirmed = False

    @workflow.run
    async def run(self, _book: BookSlot) -> None:
        self._held = Held(await in_database(NoActivities.hold_nothing, self._order, summary="Hold nothing"))
        workflow.set_current_details(f"**{BookingStatus.PENDING.value}**")
        clock = asyncio.create_task(workflow.sleep(self._held.expires_at - workflow.now(), summary="Nothing ends"))
        await workflow.wait_condition(lambda: self._is_wanted or clock.done())
        await self._ask("Authorise nothing")
        await self._note("Make nothing permanent")
        await self._note("Write no event")
        await self._ask("Capture nothing")
        await self._note("Nothing is confirmed")
        workflow.set_current_details(f"**{BookingStatus.CONFIRMED.value}**")
        self._is_confirmed = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._go_on()

    def _go_on(self) -> NoReturn:
        keep = KeepAppointment(self._booking, self._order.starts_at, self._order.ends_at)
        status = SearchAttributePair(attributes.STATUS, BookingStatus.CONFIRMED.value)
        found_by = workflow.info().typed_search_attributes.updated(status)
        workflow.continue_as_new(keep, workflow=NoAppointmentWorkflow.run, search_attributes=found_by)

    async def _note(self, summary: str) -> None:
        await in_database(NoActivities.note_nothing, self._booking, summary=summary)

    async def _ask(self, summary: str) -> None:
        workflow.set_current_details(f"Waits for nobody.\n\n{summary}")
        await at_vendor(NoActivities.ask_nobody, self._booking, summary=summary, within=timedelta(minutes=1))

    @workflow.update
    async def hold(self) -> Held:
        await workflow.wait_condition(lambda: self._held is not None)
        assert self._held is not None
        return self._held

    @workflow.update
    async def confirm(self, _request: Confirm) -> Confirmed:
        self._is_wanted = True
        await workflow.wait_condition(lambda: self._is_confirmed)
        return Confirmed(is_confirmed=True)

    @confirm.validator
    def may_confirm(self, _request: Confirm) -> None:
        assert self._held is not None


@workflow.defn
class NoAppointmentWorkflow:
    """Waits for a time like any appointment."""

    @workflow.run
    async def run(self, keep: KeepAppointment) -> None:
        await in_database(NoActivities.note_nothing, keep.booking, summary="Tell nobody")
        workflow.set_current_details("Waits for nothing.")
        await workflow.sleep(keep.ends_at - workflow.now(), summary="Nothing ends")


WORKFLOWS: tuple[type, ...] = (NoBookingWorkflow, NoAppointmentWorkflow)


def activities() -> list[Callable[..., Any]]:
    none = NoActivities()
    return [none.hold_nothing, none.note_nothing, none.ask_nobody]
