"""What users of other booking systems complained of, as far as it is about moving a booking. Each test cites its row.

More of the same rows, where the feature is tested:
C17, C25, C26, C28, C29, C33: tests/journeys/test_rescheduling.py, down to what the vendors have in the end
C17: tests/workflows/test_rescheduling.py, tests/api/test_rescheduling.py
C29: tests/gateways/calendars/test_contract.py, tests/gateways/calendars/test_caldav.py
C33: tests/journeys/test_restarts.py
C43: tests/api/test_rescheduling.py
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from activities.calendars import CalendarActivities
from tests.api.shop import FakeCommands, Shop, problem
from tests.api.test_rescheduling import DURATIONS, booked, booked_there, opened
from tests.fakes import FakeCalendar

HOUR = timedelta(hours=1)


async def test_rescheduling_does_not_ask_to_pay_again(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    """C17: the whole price was asked again. Here nothing is, and for another length only what it costs more."""
    booking = await booked(shop, commands, nine_in_a_week, durations=DURATIONS)
    paid = len(commands.confirmed_with)
    assert 200 == (await booking.move(nine_in_a_week + HOUR)).status_code
    assert 200 == (await booking.move(nine_in_a_week + HOUR, duration_minutes=90)).status_code
    assert 200 == (await booking.move(nine_in_a_week, duration_minutes=60)).status_code
    differences = [(move.dearer_by.amount, move.cheaper_by.amount) for move, _ in commands.moves]
    assert ([(0, 0), (3000, 0), (0, 3000)], paid) == (differences, len(commands.confirmed_with))


async def test_what_was_booked_before_its_provider_moved_can_be_moved_on_the_new_clock(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """C26: appointments shifted by hours when the zone was changed, and could not be edited any more."""
    service, provider = await opened(shop)
    first = await booked_there(shop, commands, service, provider, nine_in_a_week)
    second = await booked_there(shop, commands, service, provider, nine_in_a_week + 6 * HOUR)
    await shop.pool.execute("UPDATE providers SET timezone = 'America/New_York' WHERE id = $1", UUID(provider))
    for booking, at in ((first, nine_in_a_week), (second, nine_in_a_week + 6 * HOUR)):
        assert at == datetime.fromisoformat((await booking.show())["starts_at"])
    nine_there = nine_in_a_week.replace(tzinfo=ZoneInfo("America/New_York"))
    assert (409, "slot-taken") == problem(await first.move(nine_there))[:2]  # 15:00 in Berlin, where the second one stayed
    moved = await first.move(nine_there + HOUR)
    assert (200, (nine_there + HOUR).isoformat()) == (moved.status_code, moved.json()["starts_at"])


async def test_the_calendar_hears_of_every_change_and_keeps_one_event(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """C29: changes did not arrive in Google Calendar, or the event was lost, or there were two."""
    service, provider = await opened(shop)
    hedy = await shop.provider(service, name="Hedy", email="hedy@example.com")
    booking = await booked_there(shop, commands, service, provider, nine_in_a_week)
    calendar = FakeCalendar()
    does = CalendarActivities(shop.pool, calendar, "google")
    await does.write_calendar_event(booking.ref)
    for sequence, (hours, who) in enumerate([(1, provider), (2, hedy), (3, hedy), (4, provider)], 1):
        at = nine_in_a_week + hours * HOUR
        assert 200 == (await booking.move(at, provider_id=who)).status_code
        await does.write_calendar_event(booking.ref)
        whose = "ada@example.com" if who == provider else "hedy@example.com"
        assert {(whose, booking.ref.booking_id)} == calendar.places
        event = calendar.events[booking.ref.booking_id]
        assert (at, sequence) == (event.starts_at, event.sequence)
    await does.delete_calendar_event_if_written(booking.ref)
    assert set() == calendar.places


async def test_whoever_got_no_answer_learns_by_asking_again_that_it_went_through(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """C33: "could not book" was shown, but it went through. The answer is what the booking's own workflow did."""
    booking = await booked(shop, commands, nine_in_a_week)
    commands.still_working = True
    assert 202 == (await booking.move(nine_in_a_week + HOUR, key="one")).status_code
    commands.still_working = False
    first = await booking.move(nine_in_a_week + HOUR, key="one")
    again = await booking.move(nine_in_a_week + HOUR, key="one")
    assert (first.json(), "true") == (again.json(), again.headers["Idempotent-Replayed"])
    assert 1 == await shop.pool.fetchval("SELECT count(*) FROM reschedules WHERE booking_id = $1", booking.ref.booking_id)
