"""What is held beside the provider, the limits and the overrides, through the workflow."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.api.shop import CUSTOMER
from tests.journeys.salon import Salon
from tests.journeys.vendors import paid

URGENT = {"reason": "agreed by phone"}


async def with_service(salon: Salon, **service: Any) -> Salon:
    """The same business with another service, given by a doctor of its own."""
    service_id = await salon.shop.service(**service)
    return replace(salon, service_id=service_id, provider_id=await salon.shop.provider(service_id))


async def test_a_doctor_and_a_room_are_booked_paid_and_freed_together(salon: Salon) -> None:
    room = await salon.shop.provider()
    lengths = [{"duration_minutes": 90, "amount": 7000}]
    doctor = await with_service(salon, resources=[[room]], durations=lengths)
    other = await with_service(salon, resources=[[room]])
    visit = await doctor.hold(duration_minutes=90)
    await visit.confirm()
    await visit.comes_to(paid(7000))
    shown = await visit.show()
    assert ([room], "confirmed") == (shown["resource_ids"], shown["status"])
    assert [visit.ref.booking_id] * 2 == await salon.claims()
    assert "no-resource" == (await other.ask()).json()["rule"]
    left = await replace(other, starts_at=other.starts_at + timedelta(hours=2)).hold()
    await left.cancel()
    await left.becomes("cancelled")
    assert [visit.ref.booking_id] * 2 == await salon.claims()


async def test_a_crowd_gets_no_more_than_the_day_s_limit(salon: Salon) -> None:
    limited = await with_service(salon, max_per_day=2)
    times = [replace(limited, starts_at=limited.starts_at + n * timedelta(hours=1)) for n in range(6)]
    answers = await asyncio.gather(*(each.ask() for each in times))
    assert [201, 201, 409, 409, 409, 409] == sorted(answer.status_code for answer in answers)
    assert {"day-limit"} == {answer.json()["rule"] for answer in answers if answer.status_code == 409}


async def test_staff_book_outside_the_hours_and_it_is_told(salon: Salon) -> None:
    """C43."""
    evening = salon.starts_at + timedelta(hours=10)
    order = {
        "service_id": salon.service_id,
        "provider_id": salon.provider_id,
        "starts_at": evening.isoformat(),
        "customer": CUSTOMER | {"email": f"{uuid4().hex}@example.com"},
        "override": URGENT,
    }
    answer = await salon.shop.post("/bookings", order)
    assert (201, ["outside-hours"]) == (answer.status_code, [warning["rule"] for warning in answer.json()["warnings"]])
    salon.deployment.booked.append(f"booking-{answer.json()['id']}")
    visit = salon.visit(answer)
    await visit.confirm()
    await visit.comes_to(paid())
    assert ["held", "rules_overridden"] == (await visit.timeline())[:2]
