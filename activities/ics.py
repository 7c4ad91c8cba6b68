"""The calendar file of a message (RFC 5545, RFC 5546): one UID for the booking's whole life, a higher SEQUENCE at each change."""

from __future__ import annotations

from collections.abc import Sequence

from icalendar import Calendar, Event, vCalAddress

from domain.bookings import Appointment
from domain.messages import MessageKind

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
METHODS = {
    MessageKind.CONFIRMATION: REQUEST,
    MessageKind.REMINDER: REQUEST,
    MessageKind.RESCHEDULED: REQUEST,
    MessageKind.CANCELLED: CANCEL,
    MessageKind.SERIES: PUBLISH,  # an invitation may be of one UID only (RFC 5546, 3.2.2), and each booking has its own
}
"""The messages that change what stands in the customer's calendar; the others bring no file."""


def calendar_file(
    kind: MessageKind, appointment: Appointment, organizer: str | None, others: Sequence[Appointment] = ()
) -> tuple[str, str] | None:
    """The file and its METHOD; None for a kind without one. The `others` of a series are in the same file.

    Without an organizer's address, which an invitation must have, it is published: shown, and not answered to.
    """
    if kind not in METHODS:
        return None
    method = METHODS[kind] if organizer or METHODS[kind] == CANCEL else PUBLISH
    calendar = Calendar()
    calendar.add("prodid", "-//Slotkeeper//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for each in (appointment, *others):
        calendar.add_component(_event(each, method, organizer))
    return str(calendar.to_ical().decode()), method


def _event(appointment: Appointment, method: str, organizer: str | None) -> Event:
    event = Event()
    event.add("uid", f"{appointment.booking_id}@slotkeeper")
    event.add("summary", f"{appointment.service_name} – {appointment.business_name}")
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("dtstamp", appointment.starts_at)  # fixed, so that the same message is the same bytes
    event.add("sequence", appointment.sequence)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    if organizer:
        event.add("organizer", _address(organizer, appointment.business_name))
        if method != PUBLISH:
            event.add("attendee", _address(appointment.customer.email, appointment.customer.name))
    return event


def _address(address: str, name: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    found.params["CN"] = name.replace('"', "'")  # RFC 5545, 3.2: no quotes in a parameter
    return found
