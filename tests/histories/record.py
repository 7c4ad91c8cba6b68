"""Records all saved histories anew: `python -m tests.histories.record`, or only those whose names contain a word given to it.

Each story is played on real components with vendors that are fakes, under a database and a task queue of its own. Nothing of a
person's is in it: the customers are made up, so what workflows carry is saved readable.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

from embedded.postgres import EmbeddedPostgres
from embedded.temporal import TemporalServer
from store.migrate import migrate
from store.pool import open_pool
from temporal.client import connect
from tests.conftest import QUICK, TEMPLATE
from tests.databases import copied
from tests.histories.ground import READABLE, Ground, Story
from tests.histories.saved import FOLDER, save
from tests.histories.stories import STORIES
from tests.workflows.system import hasty_settings

AT_ONCE = 6
LONGEST = 90.0


async def record(story: Story, postgres: EmbeddedPostgres, template: str, temporal: str) -> int:
    """Plays one story and saves each of its runs; returns how many. Raises whatever goes wrong in it."""
    async with copied(postgres, template) as url:
        pool = await open_pool(url, 20)
        ground = Ground(url, temporal, pool)
        try:
            async with asyncio.timeout(LONGEST):
                await story.play(ground)
        finally:
            await pool.close()
        client = await connect(hasty_settings(url, temporal, **READABLE))
        histories = await ground.histories(client, story.workflow_type)
    if not histories:
        raise LookupError(f"{story} left no history")
    for number, history in enumerate(histories, 1):
        save(history, story.name if len(histories) == 1 else f"{story.name}-{number}")
    return len(histories)


async def record_all(stories: list[Story], folder: Path) -> list[Story]:
    """Returns those that failed."""
    postgres, temporal = EmbeddedPostgres(folder / "postgres", settings=QUICK), TemporalServer(None, log_folder=folder)
    failed: list[Story] = []
    postgres.start()
    temporal.start()
    try:
        postgres.create_database_if_missing(TEMPLATE)
        template = postgres.url(TEMPLATE)
        await migrate(template)
        places, done = asyncio.Semaphore(AT_ONCE), 0

        async def one(story: Story) -> None:
            nonlocal done
            async with places:
                began = time.monotonic()
                try:
                    told = f"{await record(story, postgres, template, temporal.address)} saved"
                except Exception as fault:  # one that fails must not keep the others from being recorded
                    failed.append(story)
                    told = f"FAILED: {str(fault).partition(chr(10))[0] or type(fault).__name__}"
            done += 1
            print(f"{done:3}/{len(stories)} {story}: {told} in {time.monotonic() - began:.1f} s", flush=True)

        await asyncio.gather(*(one(story) for story in stories))
    finally:
        temporal.stop()
        postgres.stop()
    return failed


def main() -> int:
    logging.getLogger().setLevel(logging.CRITICAL)  # what fails in a story is meant to
    words = sys.argv[1:]
    stories = [story for story in STORIES if not words or any(word in str(story) for word in words)]
    if not words:
        shutil.rmtree(FOLDER, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="slotkeeper-histories-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root PostgreSQL runs as `nobody`, who must get in
        failed = asyncio.run(record_all(stories, folder))
    for story in failed:
        print(f"failed: {story}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
