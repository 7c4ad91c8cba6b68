"""A system on which people did everything they may do gives the checker nothing to find."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from checker.checking import Ground, Report, Scope, check
from gateways.chosen import choose
from sandbox.mailbox import SandboxMailbox
from tests.journeys.deployment import Deployment
from tests.journeys.salon import CARD, DECLINED_CARD, Salon, Visit, open_salon
from tests.journeys.test_series import book
from tests.journeys.vendors import paid

HOUR = timedelta(hours=1)
DURATIONS = [{"duration_minutes": 30, "amount": 3000}, {"duration_minutes": 90, "amount": 8000}]


def ground_of(system: Deployment) -> Ground:
    return Ground(
        system.pool, system.temporal, system.settings.task_queue, choose(system.settings), SandboxMailbox(system.vendors.url)
    )


async def checked(salon: Salon) -> Report:
    return await check(ground_of(salon.deployment), Scope({salon.business_id}))


async def confirmed(salon: Salon, hours: int) -> Visit:
    visit = await salon.at(salon.starts_at + hours * HOUR).hold()
    assert 200 == (await visit.confirm(CARD)).status_code
    await visit.comes_to(paid())
    return visit


async def test_a_mixed_day_gives_nothing_to_find(system: Deployment) -> None:
    salon = await open_salon(system, durations=DURATIONS, slot_step_minutes=30, reminder_minutes=[60])
    held = await salon.at(salon.starts_at + 7 * HOUR).hold()
    declined = await salon.at(salon.starts_at + 6 * HOUR).hold()
    assert 402 == (await declined.confirm(DECLINED_CARD)).status_code
    kept, cancelled, dearer, cheaper = await asyncio.gather(*(confirmed(salon, hours) for hours in (0, 1, 2, 4)))
    given_up = await salon.at(salon.starts_at + 5 * HOUR).hold()
    assert 200 == (await given_up.cancel()).status_code
    assert 200 == (await cancelled.cancel()).status_code
    assert 200 == (await dearer.reschedule(salon.starts_at + 24 * HOUR, duration_minutes=90)).status_code
    assert 200 == (await cheaper.reschedule(salon.starts_at + 26 * HOUR, duration_minutes=30)).status_code
    course = await book(salon.at(salon.starts_at + 48 * HOUR))
    assert 200 == (await course.confirm()).status_code
    await cancelled.comes_to(paid(refunded=5000, events=0, emails=2, sms=2))
    await dearer.comes_to(paid(payments=2, authorised=8000, captured=8000, emails=2, sms=2))
    await cheaper.comes_to(paid(refunded=2000, emails=2, sms=2))
    await course.comes_to([(20000, 0)], 4)
    report = await checked(salon)
    assert [] == report.findings, str(report)
    assert 11 == report.bookings and report.workflows >= 6
    assert "confirmed" == await kept.status() and "pending" == await held.status()
    await system.tidy_up()
