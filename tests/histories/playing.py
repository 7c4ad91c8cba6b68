"""Plays stories on real components, each under a database and a task queue of its own, some at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import WorkflowHistory

from embedded.postgres import EmbeddedPostgres
from embedded.temporal import TemporalServer
from store.migrate import migrate
from store.pool import open_pool
from temporal.client import connect
from tests.conftest import QUICK, TEMPLATE
from tests.databases import VAULT, copied
from tests.histories.commands import commands_of, folded
from tests.histories.fingerprints import Fingerprints, differences, of_story, once_each
from tests.histories.ground import READABLE, Ground, Story
from tests.workflows.system import hasty_settings

AT_ONCE = 6
LONGEST = 90.0
PLAYS = 3
"""How often a story may be played until it does what it did before: what happens at once may come in either order."""


class Changed(Exception):
    """A story does not command any more what its fingerprint says; the text is the difference."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Engines that stories are played on. `template` is the address of a migrated database."""

    postgres: EmbeddedPostgres
    template: str
    temporal: str

    async def play(self, story: Story) -> list[WorkflowHistory]:
        """The histories of all runs that it has left. Raises whatever goes wrong in it."""
        async with copied(self.postgres, self.template) as url:
            pool = await open_pool(url, 20, VAULT)
            ground = Ground(url, self.temporal, pool)
            try:
                async with asyncio.timeout(LONGEST):
                    await story.play(ground)
            finally:
                await pool.close()
            client = await connect(hasty_settings(url, self.temporal, **READABLE))
            histories = await ground.histories(client, story.workflow_type)
        if not histories:
            raise LookupError(f"{story} left no history")
        return histories

    async def compare(self, story: Story, kept: Fingerprints) -> str:
        """Plays it anew and says "as before". Raises Changed, or whatever goes wrong in it."""
        wanted, found = of_story(str(story), kept), [[""]]
        for _ in range(PLAYS):
            found = once_each(folded(commands_of(history)) for history in await self.play(story))
            if wanted == found:
                return "as before"
        raise Changed(differences(wanted, found))


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """Starts the engines with their data in this folder, and stops them."""
    postgres, temporal = EmbeddedPostgres(folder / "postgres", settings=QUICK), TemporalServer(None, log_folder=folder)
    postgres.start()
    temporal.start()
    try:
        postgres.create_database_if_missing(TEMPLATE)
        template = postgres.url(TEMPLATE)
        await migrate(template)
        yield Stage(postgres, template, temporal.address)
    finally:
        temporal.stop()
        postgres.stop()


async def each(stories: list[Story], act: Callable[[Story], Awaitable[str]]) -> dict[Story, str]:
    """Does it to all, some at once, and prints what it comes to. Returns those that failed, each with why."""
    places, done = asyncio.Semaphore(AT_ONCE), 0
    failed: dict[Story, str] = {}

    async def one(story: Story) -> None:
        nonlocal done
        async with places:
            began = time.monotonic()
            try:
                told = await act(story)
            except Exception as fault:  # one that fails must not keep the others from their turn
                failed[story] = str(fault) or type(fault).__name__
                told = f"FAILED: {'it commands something else' if isinstance(fault, Changed) else failed[story].splitlines()[0]}"
        done += 1
        print(f"{done:3}/{len(stories)} {story}: {told} in {time.monotonic() - began:.1f} s", flush=True)

    await asyncio.gather(*(one(story) for story in stories))
    return failed
