"""The way everybody hopes for: held, paid, written into the calendar, told."""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar

from tests.journeys.salon import Salon
from tests.journeys.vendors import Effects, paid
from tests.waiting import until


async def test_a_confirmed_booking_is_paid_once_written_once_and_told_by_both_channels(salon: Salon) -> None:
    """C28: one write per target, no double mails."""
    visit = await salon.hold()
    assert ("pending", Effects()) == (await visit.status(), await visit.effects())
    answer = await visit.confirm()
    assert (200, "confirmed") == (answer.status_code, answer.json()["status"])
    await visit.comes_to(paid())
    shown = await visit.show()
    assert {"state": "captured", "amount": 5000, "currency": "EUR", "refunded": 0} == shown["payment"]
    assert [visit.ref.booking_id] == await salon.claims()
    assert not await salon.is_offered()


async def test_the_timeline_tells_every_step_in_order(salon: Salon) -> None:
    """C39: and what was sent is on it."""
    visit = await salon.hold()
    await visit.confirm()
    await visit.is_told("notification_sent", times=2)
    expected = [
        "held",
        "confirming",
        "payment_opened",
        "payment_authorised",
        "claim_secured",
        "calendar_written",
        "payment_captured",
        "confirmed",
        "notification_sent",
        "notification_sent",
    ]
    assert expected == await visit.timeline()


async def test_the_event_and_the_messages_name_the_time_and_its_zone(salon: Salon) -> None:
    """C25: the e-mail is in the customer's zone and says so; calendar, file and API agree on the instant."""
    visit = await salon.hold()
    await visit.confirm()
    await visit.comes_to(paid())
    vendors = salon.deployment.vendors
    (event,) = [event for event in (await vendors.state())["calendar_events"] if event["booking_id"] == visit.id]
    assert salon.starts_at == datetime.fromisoformat(event["starts_at"])
    assert ("ada@example.com", "Europe/Berlin") == (event["calendar_id"], event["timezone"])
    messages = {message["channel"]: message for message in await vendors.messages(visit.id, visit.email)}
    for message in messages.values():
        assert "09:00 (Europe/Berlin)" in message["text"]
    (appointment,) = Calendar.from_ical(messages["email"]["ics"]).walk("VEVENT")
    assert salon.starts_at == appointment.decoded("DTSTART")


async def test_a_free_service_touches_no_money(free_salon: Salon) -> None:
    visit = await free_salon.hold()
    answer = await visit.confirm(None)
    assert (200, "confirmed", None) == (answer.status_code, answer.json()["status"], answer.json()["payment"])
    await visit.comes_to(Effects(events=1, emails=1, sms=1))
    await visit.is_told("notification_sent", times=2)
    assert ["held", "confirming", "claim_secured", "calendar_written", "confirmed"] == (await visit.timeline())[:5]


async def test_a_customer_without_a_telephone_is_e_mailed_only(salon: Salon) -> None:
    customer = {"name": "Grace Hopper", "email": "no-phone@example.com"}
    visit = await salon.hold(customer=customer)
    await visit.confirm()
    await visit.is_told("notification_sent")
    await visit.comes_to(paid(sms=0))


async def test_confirming_again_changes_nothing(salon: Salon) -> None:
    """C33: what the caller reads is how the booking stands."""
    visit = await salon.hold()
    first = await visit.confirm()
    await visit.comes_to(paid())
    again = await visit.confirm("pm_card_mastercard")
    assert (200, first.json()) == (again.status_code, again.json())
    assert paid() == await visit.effects()


async def test_nobody_is_told_before_the_booking_is_confirmed(salon: Salon) -> None:
    """C12: no message while the card may still fail."""
    visit = await salon.hold()
    assert 402 == (await visit.confirm("pm_card_chargeDeclined")).status_code
    vendors = salon.deployment.vendors
    assert [] == await vendors.messages(visit.id, visit.email)
    await visit.confirm()

    async def is_told() -> bool:
        return 2 == (await visit.timeline()).count("notification_sent")

    await until(is_told)
    assert 2 == len(await vendors.messages(visit.id, visit.email))
    timeline = await visit.timeline()
    assert timeline.index("confirmed") < timeline.index("notification_sent")


async def test_whoever_does_not_wait_is_answered_at_once_and_it_goes_on(salon: Salon) -> None:
    visit = await salon.hold()
    asked = {"Authorization": f"Bearer {visit.token}", "Prefer": "wait=0"}
    path, body = f"/api/v1/bookings/{visit.id}/confirm", {"payment_method": "pm_card_visa"}
    answer = await salon.deployment.http.post(path, json=body, headers=asked)
    assert (202, "wait=0") == (answer.status_code, answer.headers["Preference-Applied"])
    await visit.becomes("confirmed")
