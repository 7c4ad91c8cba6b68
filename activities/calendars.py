"""The provider's outside calendar: write the event, and take it away again."""

from __future__ import annotations

import asyncpg
from temporalio import activity

from domain.bookings import BookingRef
from domain.calendars import CalendarGateway
from store import calendar_events
from store.appointments import read_appointment
from store.calendar_events import WrittenEvent


class CalendarActivities:
    """The event's id comes from the booking's, so a repeat finds the first one."""

    def __init__(self, pool: asyncpg.Pool, gateway: CalendarGateway | None, vendor: str) -> None:
        self._pool = pool
        self._gateway = gateway
        self._vendor = vendor

    @activity.defn
    async def write_calendar_event(self, booking: BookingRef) -> None:
        """Brings the event to where and when the booking is now: one event in the end, under one id for its whole life.

        Where the booking has gone to another provider, the event goes with it. Raises CalendarDisconnected.
        """
        if self._gateway is None or not await self._gateway.is_there():
            return
        appointment = await read_appointment(self._pool, booking)
        if appointment.calendar_id is not None:
            vendor_id = await self._gateway.write_event(appointment.calendar_id, appointment)
            where = WrittenEvent(self._vendor, appointment.calendar_id)
            await calendar_events.save_written(self._pool, booking, where, vendor_id, appointment.sequence)
        await self._leave(self._gateway, booking, appointment.calendar_id)

    @activity.defn
    async def delete_calendar_event_if_written(self, booking: BookingRef) -> None:
        """Takes the appointment out of the calendar, also one whose write was never answered; otherwise a no-op."""
        if self._gateway is None or not await self._gateway.is_there():
            return
        appointment = await read_appointment(self._pool, booking)
        await self._leave(self._gateway, booking, None)
        if appointment.calendar_id is not None:
            await self._gateway.delete_event_if_written(appointment.calendar_id, booking.booking_id)
            await calendar_events.save_deleted(self._pool, booking)

    async def _leave(self, gateway: CalendarGateway, booking: BookingRef, but: str | None) -> None:
        """Deletes what may still stand in the calendars of former providers."""
        left = await calendar_events.calendars_left(self._pool, booking, but)
        for calendar_id in left:
            await gateway.delete_event_if_written(calendar_id, booking.booking_id)
        if left:
            await calendar_events.forget_calendars_left(self._pool, booking, left)
