"""A crowd at a group session: every seat is sold, and none twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from tests.journeys.deployment import Deployment
from tests.journeys.salon import open_salon, refusal

SEATS, CROWD = 10, 100
FREE: dict[str, Any] = {"price": {"amount": 0, "currency": "EUR"}, "payment": "none"}


async def test_a_crowd_fills_a_session_to_its_last_seat(system: Deployment) -> None:
    """C6: all are one session, who loses leaves nothing behind, and whoever asks next is told why."""
    salon = await open_salon(system, capacity=SEATS, **FREE)
    answers = await asyncio.gather(*(salon.answered() for _ in range(CROWD)))
    assert {201: SEATS, 409: CROWD - SEATS} == Counter(answer.status_code for answer in answers)
    claims = await system.pool.fetch("SELECT seats_taken, capacity FROM claims WHERE business_id = $1", salon.business_id)
    assert [(SEATS, SEATS)] == [tuple(claim) for claim in claims]
    assert SEATS == len(set(await salon.claims()))
    assert not await salon.is_offered()
    late = await salon.ask()
    assert ((409, "slot-taken"), "no-seats-left") == (refusal(late), late.json()["rule"])
    await system.tidy_up()


async def test_groups_of_two_and_three_never_sit_on_one_another(system: Deployment) -> None:
    """C6: seats are counted, not bookings; a seat given back is sold again."""
    salon = await open_salon(system, capacity=SEATS, **FREE)
    answers = await asyncio.gather(*(salon.answered(seats=2 + n % 2) for n in range(SEATS)))
    held = [answer.json() for answer in answers if answer.status_code == 201]
    seats = sum(booking["seats"] for booking in held)
    assert SEATS - 2 < seats <= SEATS
    assert [seats] == await seats_taken(salon.deployment, held[0]["service_id"])
    await salon.visit(next(answer for answer in answers if answer.status_code == 201)).cancel()
    again = await salon.ask(seats=held[0]["seats"])
    assert (201, [seats]) == (again.status_code, await seats_taken(salon.deployment, held[0]["service_id"]))
    await system.tidy_up()


async def seats_taken(system: Deployment, service_id: str) -> list[int]:
    rows = await system.pool.fetch("SELECT seats_taken FROM claims WHERE service_id = $1::text::uuid", service_id)
    return [row["seats_taken"] for row in rows]
