"""What each workflow commands in each outcome, kept as text, so that a change of it is seen in review and made on purpose.

One file for each type of workflow in tests/histories/commands/, derived from the saved histories. Nobody edits them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import unified_diff
from itertools import groupby
from pathlib import Path

from temporalio.client import WorkflowHistory

from tests.histories.commands import AGAIN, commands_of, folded

FOLDER = Path(__file__).with_name("commands")
RENEW = "python -m tests.histories.record --fingerprints"
ON_PURPOSE = f"""\
The workflows command something else than their fingerprints in tests/histories/commands/ say.
Not meant? Then mend the workflow: bookings that are under way would see it.
Meant? Bookings that began before go on as they began, behind `workflow.patched(...)`; record the stories that have changed
(`python -m tests.histories.record WORD`), then renew the fingerprints with `{RENEW}` and read their diff."""

HEAD = f"""\
What a {{0}} commands in each outcome; derived from tests/histories/saved/{{0}}/ and never edited by hand.
Renewed by: {RENEW}
"""

Fingerprints = dict[str, list[str]]
"""Commands by the name of the history, as `BookingWorkflow/confirmed-paid`."""


def fingerprints_of(histories: Mapping[str, WorkflowHistory]) -> Fingerprints:
    """Of saved histories, by their names."""
    return {name: folded(commands_of(history)) for name, history in histories.items()}


def texts_of(fingerprints: Fingerprints) -> dict[str, str]:
    """What is kept, by the type of workflow."""
    outcomes: defaultdict[str, list[str]] = defaultdict(list)
    for name, commands in sorted(fingerprints.items()):
        workflow_type, _, outcome = name.partition("/")
        outcomes[workflow_type].append("\n".join([outcome, *(f"  {line}" for line in commands)]))
    return {kind: HEAD.format(kind) + "".join(f"\n{one}\n" for one in told) for kind, told in outcomes.items()}


def kept_texts(folder: Path = FOLDER) -> dict[str, str]:
    return {file.stem: file.read_text() for file in sorted(folder.glob("*.txt"))}


def kept(folder: Path = FOLDER) -> Fingerprints:
    """What the texts say."""
    found: Fingerprints = {}
    for kind, text in kept_texts(folder).items():
        for told in text.split("\n\n")[1:]:
            outcome, *commands = told.strip("\n").split("\n")
            found[f"{kind}/{outcome}"] = [line.removeprefix("  ") for line in commands]
    return found


def renew(fingerprints: Fingerprints, folder: Path = FOLDER) -> list[str]:
    """Writes them anew; returns the types of workflow whose text is another one now."""
    texts, before = texts_of(fingerprints), kept_texts(folder)
    folder.mkdir(exist_ok=True)
    for kind in before.keys() - texts.keys():
        (folder / f"{kind}.txt").unlink()
    for kind, text in texts.items():
        (folder / f"{kind}.txt").write_text(text)
    return sorted(kind for kind in before.keys() | texts.keys() if before.get(kind) != texts.get(kind))


def changes(wanted: Mapping[str, str], found: Mapping[str, str]) -> str:
    """How the texts differ, as a diff; empty where they do not."""
    lines: list[str] = []
    for kind in sorted(wanted.keys() | found.keys()):
        was, now = wanted.get(kind, "").splitlines(), found.get(kind, "").splitlines()
        lines += unified_diff(was, now, f"{kind}, as it is kept", f"{kind}, as it is now", lineterm="", n=3)
    return "\n".join(lines)


def of_story(name: str, fingerprints: Fingerprints) -> list[list[str]]:
    """Those of all runs that the story of this name has left: in an order of their own, and without saying what came again."""
    mine = [commands for one, commands in fingerprints.items() if one == name or re.fullmatch(rf"{re.escape(name)}-\d+", one)]
    return once_each(mine)


def once_each(several: Iterable[list[str]]) -> list[list[str]]:
    """Comparable with another play: how often something was tried in a row, and which of two runs was first, is chance."""
    return sorted([line for line, _ in groupby(line for line in commands if line != AGAIN)] for commands in several)


def differences(wanted: list[list[str]], found: list[list[str]]) -> str:
    """Between the kept fingerprints of a story and those of a new play; empty where there are none."""
    was, now = (["", *one] for one in wanted), (["", *one] for one in found)
    left, right = [line for one in was for line in one], [line for one in now for line in one]
    return "\n".join(unified_diff(left, right, "as it is kept", "as it is now", lineterm="", n=2))
