"""A real second release: a copy of the product's source whose booking saga has one more step, right after the hold.

There it hurts most: every booking that is held when the release comes has passed the place already. The step is a new activity,
which workers of the release before do not know.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import cli

SOURCE = Path(cli.__file__).resolve().parent
PARTS = (
    *("activities", "api", "checker", "domain", "embedded", "gateways", "store", "temporal", "workflows"),
    *("cli.py", "doctor.py", "settings.py", "worker.py"),
)
STEP = "look_once_more"
PATCH = "look-once-more"


class DoesNotFit(Exception):
    """The source has changed so much that the step finds no place in it; the text says which line is missing."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Puts text before or after the first place in that file where `anchor` is found, from which on `within` comes first."""

    file: str
    anchor: str
    before: str = ""
    after: str = ""
    within: str = ""

    def apply(self, source: Path) -> None:
        """Raises DoesNotFit."""
        file = source / self.file
        text = file.read_text() if file.exists() else ""
        begin = text.find(self.within)
        at = text.find(self.anchor, max(begin, 0))
        if begin < 0 or at < 0:
            raise DoesNotFit(
                f"{self.file} has no line {(self.within if begin < 0 else self.anchor).strip()!r} any more:"
                " tell bench/deploy/release.py where the step of the next release goes"
            )
        end = at + len(self.anchor)
        file.write_text(text[:at] + self.before + self.anchor + self.after + text[end:])


ACTIVITY = '''\
    @activity.defn
    async def STEP(self, booking: BookingRef) -> None:
        """Looks whether the booking is there."""
        await self._pool.fetchval("SELECT status FROM bookings WHERE id = $1", booking.booking_id)

'''.replace("STEP", STEP)
METHOD = f"""\
    async def _{STEP}(self) -> None:
        await first_in_database(BookingActivities.{STEP}, self._booking, summary="Look once more")

"""


def edits(*, is_patched: bool) -> list[Edit]:
    """Those that make the next release of this one. Without the patch marker it is what nobody should ever release."""
    guard = f'if workflow.patched("{PATCH}"):\n                ' if is_patched else ""
    hold, steps = "            await self._hold()\n", "    from workflows.steps import "
    return [
        Edit("activities/bookings.py", "    @activity.defn\n", before=ACTIVITY, within="class BookingActivities:\n"),
        Edit("worker.py", "        booking.hold_slot,\n", after=f"        booking.{STEP},\n"),
        Edit("workflows/booking.py", steps, before=f"{steps}first_in_database\n"),
        Edit("workflows/booking.py", hold, after=f"            {guard}await self._{STEP}()\n", within="async def run("),
        Edit("workflows/booking.py", "    async def _hold(self)", before=METHOD),
    ]


def next_release(folder: Path, *, is_patched: bool = True) -> Path:
    """Copies the source into this folder, which does not exist yet, and adds the step. Raises DoesNotFit."""
    folder.mkdir()
    for part in PARTS:
        if (SOURCE / part).is_dir():
            shutil.copytree(SOURCE / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(SOURCE / part, folder / part)
    for edit in edits(is_patched=is_patched):
        edit.apply(folder)
    return folder
