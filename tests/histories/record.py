"""Records all saved histories anew: `python -m tests.histories.record`, or only those whose names contain a word given to it.

Each story is played on real components with vendors that are fakes, under a database and a task queue of its own. Nothing of a
person's is in it: the customers are made up, so what workflows carry is saved readable.

`--fingerprints` plays nothing: it writes anew, from the saved histories, what each workflow commands (tests/histories/commands/).
`--check` saves nothing: it plays the stories and says which of them command something else than their fingerprints tell.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.histories import fingerprints
from tests.histories.ground import Story
from tests.histories.playing import Stage, each, stage
from tests.histories.saved import FOLDER, all_saved, save
from tests.histories.stories import STORIES


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 done, 1 a story failed or commands something else than before, 2 wrongly called."""
    chosen = _parser().parse_args(arguments)
    stories = [story for story in STORIES if not chosen.words or any(word in str(story) for word in chosen.words)]
    if not stories:
        print(f"no story's name contains {' or '.join(chosen.words)}", file=sys.stderr)
        return 2
    if chosen.fingerprints:
        return _renew()
    logging.getLogger().setLevel(logging.CRITICAL)  # what fails in a story is meant to
    if not chosen.words and not chosen.check:
        shutil.rmtree(FOLDER, ignore_errors=True)
    failed = asyncio.run(_check(stories) if chosen.check else _record(stories))
    for story, why in failed.items():
        print(f"\nfailed: {story}\n{why}")
    if failed and chosen.check:
        print(f"\n{fingerprints.ON_PURPOSE}")
    elif not chosen.check:
        print(f"What the workflows command is kept as text, too; renew it with `{fingerprints.RENEW}` and read its diff.")
    return 1 if failed else 0


def _renew() -> int:
    """Of all histories, also where words were given."""
    changed = fingerprints.renew(fingerprints.fingerprints_of({str(one): one.read() for one in all_saved()}))
    print(f"renewed: {', '.join(changed)}; read the diff before you commit it" if changed else "nothing has changed")
    return 0


async def _record(stories: list[Story]) -> dict[Story, str]:
    async def record(played: Stage, story: Story) -> str:
        histories = await played.play(story)
        for number, history in enumerate(histories, 1):
            save(history, story.name if len(histories) == 1 else f"{story.name}-{number}")
        return f"{len(histories)} saved"

    with _folder() as name:
        async with stage(Path(name)) as engines:
            return await each(stories, lambda story: record(engines, story))


async def _check(stories: list[Story]) -> dict[Story, str]:
    kept = fingerprints.kept()
    with _folder() as name:
        async with stage(Path(name)) as engines:
            return await each(stories, lambda story: engines.compare(story, kept))


def _folder() -> tempfile.TemporaryDirectory[str]:
    found = tempfile.TemporaryDirectory(prefix="slotkeeper-histories-", ignore_cleanup_errors=True)
    Path(found.name).chmod(0o711)  # as root PostgreSQL runs as `nobody`, who must get in
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.histories.record", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="only stories whose names contain it (again for more)")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--fingerprints", action="store_true", help="renew what is kept of the workflows' commands")
    either.add_argument("--check", action="store_true", help="play, and compare with what is kept")
    return parser


if __name__ == "__main__":
    sys.exit(main())
