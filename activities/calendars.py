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
        """Puts the appointment into the provider's calendar, where there is one. Raises CalendarDisconnected."""
        appointment = await read_appointment(self._pool, booking)
        if self._gateway is None or appointment.calendar_id is None:
            return
        vendor_id = await self._gateway.write_event(appointment.calendar_id, appointment)
        await calendar_events.save_written(self._pool, booking, WrittenEvent(self._vendor, appointment.calendar_id), vendor_id)

    @activity.defn
    async def delete_calendar_event_if_written(self, booking: BookingRef) -> None:
        """Takes the appointment out of the calendar, also one whose write was never answered; otherwise a no-op."""
        appointment = await read_appointment(self._pool, booking)
        if self._gateway is None or appointment.calendar_id is None:
            return
        await self._gateway.delete_event_if_written(appointment.calendar_id, booking.booking_id)
        await calendar_events.save_deleted(self._pool, booking)
