"""Many at once, and the same one again: one slot, one booking, one workflow."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx

from tests.journeys.deployment import Deployment
from tests.journeys.salon import DECLINED_CARD, Salon, open_salon, refusal
from tests.journeys.vendors import paid
from tests.waiting import until

CROWD = 50


async def workflows_of(salon: Salon) -> int:
    """How many workflows Temporal lists of this business; a saga and the appointment it goes on as are one."""
    listed = salon.deployment.temporal.list_workflows(f"BusinessId = '{salon.business_id}'")
    return len({workflow.id async for workflow in listed})


async def are_visible(salon: Salon) -> None:
    """Temporal's list follows what happened a little later."""

    async def knows() -> bool:
        return await workflows_of(salon) > 0

    await until(knows)


async def bookings_of(salon: Salon) -> list[UUID]:
    rows = await salon.deployment.pool.fetch("SELECT id FROM bookings WHERE business_id = $1", salon.business_id)
    return [row["id"] for row in rows]


async def test_of_fifty_parallel_bookings_of_one_slot_one_is_taken(salon: Salon) -> None:
    """C1: N parallel holds on one slot, exactly one wins; the others are told what is free next."""
    answers = await asyncio.gather(*(salon.answered() for _ in range(CROWD)))
    assert [201] + [409] * (CROWD - 1) == sorted(answer.status_code for answer in answers)
    (won,) = [answer for answer in answers if answer.status_code == httpx.codes.CREATED]
    lost = [answer.json() for answer in answers if answer is not won]
    assert {"slot-taken"} == {problem["code"] for problem in lost}
    assert all(problem["next_slots"] for problem in lost)
    assert [UUID(won.json()["id"])] == await salon.claims() == await bookings_of(salon)
    assert 200 == (await salon.visit(won).confirm()).status_code
    await salon.visit(won).comes_to(paid())
    await are_visible(salon)
    assert 1 == await workflows_of(salon)


async def test_a_crowd_at_a_taken_slot_costs_no_workflows(salon: Salon) -> None:
    """C46: whoever comes late is told so by one statement."""
    visit = await salon.hold()
    answers = await asyncio.gather(*(salon.answered() for _ in range(CROWD)))
    assert [409] * CROWD == [answer.status_code for answer in answers]
    await visit.confirm()
    await are_visible(salon)
    assert (1, [visit.ref.booking_id]) == (await workflows_of(salon), await bookings_of(salon))


async def test_a_crowd_at_a_group_session_fills_it_and_no_more(system: Deployment) -> None:
    """C6: a race for seats is one session, never more people than seats."""
    salon = await open_salon(system, capacity=5, price={"amount": 0, "currency": "EUR"}, payment="none")
    answers = await asyncio.gather(*(salon.answered() for _ in range(12)))
    assert [201] * 5 + [409] * 7 == sorted(answer.status_code for answer in answers)
    seats = await system.pool.fetch("SELECT seats_taken FROM claims WHERE business_id = $1", salon.business_id)
    assert [5] == [session["seats_taken"] for session in seats]
    await system.tidy_up()


async def test_the_same_post_twice_at_once_is_one_booking_and_one_workflow(salon: Salon) -> None:
    answers = await asyncio.gather(*(salon.ask(key="at-once", email="grace@example.com") for _ in range(5)))
    assert [201] * 5 == [answer.status_code for answer in answers]
    assert 1 == len({answer.text for answer in answers})
    await are_visible(salon)
    assert (1, await salon.claims()) == (await workflows_of(salon), await bookings_of(salon))


async def test_the_same_post_later_gets_the_first_answer_whatever_has_become_of_the_booking(salon: Salon) -> None:
    first = await salon.ask(key="later", email="grace@example.com")
    visit = salon.visit(first)
    await visit.confirm()
    await visit.comes_to(paid())
    again = await salon.ask(key="later", email="grace@example.com")
    assert (201, first.json(), "true") == (again.status_code, again.json(), again.headers["idempotent-replayed"])
    await are_visible(salon)
    assert (1, [visit.ref.booking_id]) == (await workflows_of(salon), await bookings_of(salon))
    assert paid() == await visit.effects()


async def test_the_same_post_after_the_booking_has_ended_gets_the_first_answer_and_holds_nothing(salon: Salon) -> None:
    first = await salon.ask(key="ended", email="grace@example.com")
    await salon.visit(first).cancel()
    again = await salon.ask(key="ended", email="grace@example.com")
    assert (201, first.json()) == (again.status_code, again.json())
    assert ("cancelled", []) == (await salon.visit(first).status(), await salon.claims())


async def test_a_key_used_for_another_request_is_refused(salon: Salon) -> None:
    first = await salon.ask(key="reused", email="grace@example.com")
    other = {"name": "Ada Lovelace", "email": "ada@example.com"}
    assert (422, "idempotency-key-reused") == refusal(await salon.ask(key="reused", customer=other))
    assert [UUID(first.json()["id"])] == await bookings_of(salon)


async def test_a_refused_post_may_be_sent_again_with_its_key_when_the_slot_is_free(salon: Salon) -> None:
    visit = await salon.hold()
    assert (409, "slot-taken") == refusal(await salon.ask(key="patient", email="ada@example.com"))
    await visit.cancel()
    assert 201 == (await salon.ask(key="patient", email="ada@example.com")).status_code


async def test_the_same_confirm_many_times_at_once_is_one_charge(salon: Salon) -> None:
    visit = await salon.hold()
    answers = await asyncio.gather(*(visit.confirm() for _ in range(5)))
    assert [200] * 5 == [answer.status_code for answer in answers]
    await visit.comes_to(paid())
    assert 1 == (await visit.timeline()).count("confirming")


async def test_two_cards_at_once_are_one_charge(salon: Salon) -> None:
    visit = await salon.hold()
    cards = ("pm_card_visa", DECLINED_CARD, "pm_card_mastercard")
    answers = await asyncio.gather(*(visit.confirm(card) for card in cards))
    assert {200, 402} >= {answer.status_code for answer in answers}
    if "confirmed" != await visit.status():
        assert 200 == (await visit.confirm()).status_code
    await visit.comes_to(paid())
