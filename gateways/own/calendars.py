"""Calendars by a business's own account, where it has one, and otherwise by the deployment's."""

from __future__ import annotations

import logging
from contextlib import suppress
from uuid import UUID

from domain.bookings import Appointment
from domain.calendars import CalendarAccident, CalendarGateway, FoundEvent
from domain.errors import CalendarDisconnected
from gateways.own.accounts import Own

log = logging.getLogger("slotkeeper.calendars")


class OwnCalendar:
    """`domain.calendars.CalendarGateway` over all accounts. `deployments` is None where it has none.

    An event's id comes from the booking's, with each account. So an event that was written with another account than the present
    one is found there when it has to go.
    """

    def __init__(self, deployments: CalendarGateway | None, own: Own[CalendarGateway]) -> None:
        self._deployments = deployments
        self._own = own

    async def is_there(self) -> bool:
        return self._deployments is not None or await self._own.present() is not None

    async def write_event(self, calendar_id: str, appointment: Appointment) -> str:
        """With the present account. An appointment that was changed may have been written with another, and goes from there."""
        event_id = await (await self._present()).write_event(calendar_id, appointment)
        if appointment.sequence:
            await self._leave(calendar_id, appointment.booking_id)
        return event_id

    async def delete_event_if_written(self, calendar_id: str, booking_id: UUID) -> None:
        """With every account that may have written it."""
        try:
            await (await self._present()).delete_event_if_written(calendar_id, booking_id)
        finally:
            await self._leave(calendar_id, booking_id)

    async def find_event(self, calendar_id: str, booking_id: UUID) -> FoundEvent | None:
        """With the present account, or else with one before it: what was written then stays there until it changes."""
        found = await (await self._present()).find_event(calendar_id, booking_id)
        for former in await self._others() if found is None else ():
            with suppress(CalendarDisconnected):
                found = found or await former.find_event(calendar_id, booking_id)
        return found

    async def _leave(self, calendar_id: str, booking_id: UUID) -> None:
        """Takes the event out of the same calendar as accounts from before see it. One that is closed to us by now, or away,
        keeps nobody from anything."""
        for former in await self._others():
            await self._take_out(former, calendar_id, booking_id)

    async def _others(self) -> list[CalendarGateway]:
        """Those that may have written for the business before."""
        others = await self._own.former()
        if self._deployments is not None and await self._own.present() is not None:
            others.append(self._deployments)
        return others

    async def _take_out(self, former: CalendarGateway, calendar_id: str, booking_id: UUID) -> None:
        try:
            await former.delete_event_if_written(calendar_id, booking_id)
        except (CalendarDisconnected, CalendarAccident) as fault:
            log.warning("an account from before may still show booking %s: %s", booking_id, type(fault).__name__)

    async def _present(self) -> CalendarGateway:
        own = await self._own.present()
        found = own[1] if own is not None else self._deployments
        if found is None:
            raise CalendarAccident("there is no account to write calendars with")
        return found
