"""A cancel at every wait that a saved history knows: Temporal's own and, where there is one, the customer's.

The places are read from the histories, and there is one of each outcome, so a wait that is added is attacked by itself. An
activity is never cut: it is cancelled while it is at work, which the workflow hears when it has ended, or at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from temporalio.client import WorkflowHistory

from domain.messages import Channel, MessageKind
from domain.operations import ResendMessage
from embedded.postgres import EmbeddedPostgres
from store.pool import open_pool
from tests.databases import copied
from tests.histories.ground import Ground, Story, with_system
from tests.histories.saved import activities_in, all_saved, timers_in
from tests.histories.stories import STORIES
from tests.workflows import test_operating
from tests.workflows.strikes import Place, Strike
from tests.workflows.system import ONLOOKER, System
from workflows import rescheduling, unpaid

AT_ONCE = 16
LONGEST = 60.0

GOES_ON = {"AppointmentWorkflow", "KeptSeriesWorkflow"}
"""Temporal's own cancel ends none of these: their stories come to their ends as if nothing had happened."""

CUSTOMERS = {"BookingWorkflow", "AppointmentWorkflow", "SeriesWorkflow"}
"""What customers may cancel."""

NOT_PLAYED = {
    "ReminderWorkflow/ended-while-retried": "it ends its booking by hand, so nothing fits together",
    "AppointmentWorkflow/continued-as-new": "it starts a workflow by hand",
}


async def resends_in_vain(system: System) -> None:
    booking = await test_operating.confirmed(system)
    system.email.fail(times=-1)
    wish = ResendMessage("ada", MessageKind.CONFIRMATION, Channel.EMAIL)
    assert "trying" == (await test_operating.operate(system, booking, wish)).outcome


BETTER = {"Did it get through?": Story("AppointmentWorkflow", "resent-in-vain", with_system(resends_in_vain))}
"""For waits that are over at once in all that is saved."""


def took(history: WorkflowHistory) -> float:
    return (history.events[-1].event_time.ToDatetime() - history.events[0].event_time.ToDatetime()).total_seconds()


def places() -> Iterator[tuple[Place, Story]]:
    """Each wait, with the story that comes by it and is over first."""
    known = {str(story): story for story in STORIES}
    quickest: dict[Place, tuple[float, str]] = {}
    for saved in all_saved():
        name = str(saved) if str(saved) in known else str(saved).rpartition("-")[0]
        if name in NOT_PLAYED:
            continue
        history = saved.read()
        for is_timer, waits in ((False, activities_in(history)), (True, timers_in(history))):
            for wait in waits:
                place = Place(saved.workflow_type, wait, is_timer)
                quickest[place] = min(quickest.get(place, (took(history), name)), (took(history), name))
    for place in sorted(quickest, key=str):
        yield place, BETTER.get(place.name, known[quickest[place][1]])


async def attack(
    place: Place, story: Story, *, is_customers: bool, server: EmbeddedPostgres, url: str, temporal: str
) -> list[str]:
    """Returns what is wrong in the end, in words."""
    has_the_story_end = not is_customers and place.workflow_type in GOES_ON
    strike = Strike(place, is_customers, has_the_story_end)
    async with copied(server, url) as database_url:
        pool = await open_pool(database_url, 10)
        ONLOOKER.set(strike)
        try:
            async with asyncio.timeout(LONGEST):
                await story.play(Ground(database_url, temporal, pool))
        except (
            Exception,
            asyncio.CancelledError,
        ) as fault:  # what the story says of its own outcome counts only where it goes on
            if has_the_story_end or isinstance(fault, TimeoutError):
                strike.wrong.append(f"the story failed: {fault!r}")
        finally:
            await pool.close()
    if strike.struck is None:
        strike.wrong.append("it never came by")
    return [f"{'the customer' if is_customers else 'Temporal'} at {place} in {story.name}: {each}" for each in strike.wrong]


@pytest.mark.parametrize("is_customers", [False, True], ids=["temporals-own", "the-customers"])
async def test_a_cancel_at_every_wait_leaves_nothing_behind(
    postgres_server: EmbeddedPostgres,
    postgres_url: str,
    temporal_server: str,
    monkeypatch: pytest.MonkeyPatch,
    is_customers: bool,
) -> None:
    for module in (rescheduling, unpaid):
        monkeypatch.setattr(module, "ONE_TRY", rescheduling.LOOK_AGAIN / 5)  # no try of these vendors lasts longer
    places_free = asyncio.Semaphore(AT_ONCE)

    async def one(place: Place, story: Story) -> list[str]:
        async with places_free:
            return await attack(
                place, story, is_customers=is_customers, server=postgres_server, url=postgres_url, temporal=temporal_server
            )

    attacked = [case for case in places() if not is_customers or case[0].workflow_type in CUSTOMERS]
    wrong = await asyncio.gather(*(one(*case) for case in attacked))
    assert [] == [each for found in wrong for each in found]
