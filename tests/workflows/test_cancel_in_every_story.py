"""A cancel at every wait that any saved history knows: of Temporal's and, where there is one, of the customer's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from embedded.postgres import EmbeddedPostgres
from store.pool import open_pool
from tests.databases import copied
from tests.histories.ground import Ground, Story
from tests.histories.saved import activities_in, all_saved, done_in, timers_in
from tests.histories.stories import STORIES
from tests.workflows.strikes import Place, Strike
from tests.workflows.system import ONLOOKER

AT_ONCE = 8
HEARS_NOTHING = {"AppointmentWorkflow", "KeptSeriesWorkflow", "WaitlistOfferWorkflow"}
"""Temporal's own cancel ends none of these: their stories go on to their ends as if nothing had happened."""
CUSTOMERS = {"BookingWorkflow", "AppointmentWorkflow", "SeriesWorkflow"}


def story_of(saved_name: str) -> Story:
    known = {str(story): story for story in STORIES}
    return known[saved_name] if saved_name in known else known[saved_name.rpartition("-")[0]]


def places() -> Iterator[tuple[Place, Story]]:
    """Each wait with the shortest story that comes by it."""
    shortest: dict[Place, tuple[int, str]] = {}
    for saved in all_saved():
        history = saved.read()
        length = len(history.events)
        found = [Place(saved.workflow_type, name, after=False) for name in activities_in(history)]
        found += [Place(saved.workflow_type, name, after=True) for name in done_in(history)]
        found += [Place(saved.workflow_type, name, None) for name in timers_in(history)]
        for place in found:
            shortest[place] = min(shortest.get(place, (length, str(saved))), (length, str(saved)))
    for place in sorted(shortest, key=str):
        yield place, story_of(shortest[place][1])


async def attack(place: Place, story: Story, is_customers: bool, postgres: EmbeddedPostgres, url: str, temporal: str) -> list[str]:
    has_the_story_end = not is_customers and place.workflow_type in HEARS_NOTHING
    strike = Strike(place, is_customers, has_the_story_end)
    wrong: list[str] = []
    async with copied(postgres, url) as database_url:
        pool = await open_pool(database_url, 10)
        try:
            ONLOOKER.set(strike)
            playing = asyncio.create_task(story.play(Ground(database_url, temporal, pool)))
            await asyncio.wait([playing], timeout=90)
            if not playing.done():
                wrong.append("never ends")
                playing.cancel()
                await asyncio.wait([playing])
            if strike.struck is None:
                wrong.append(f"did not come by: {playing}")
            elif has_the_story_end and not playing.cancelled() and playing.exception() is not None:
                wrong.append(f"the story failed: {playing.exception()!r}")
        finally:
            await pool.close()
    way = "the customer's" if is_customers else "Temporal's"
    return [f"{way}, {place}, in {story.name}: {each}" for each in [*wrong, *strike.wrong]]
