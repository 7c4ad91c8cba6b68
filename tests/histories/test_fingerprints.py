"""What each workflow commands is what is kept of it, and a change is told in words that say what to do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.api.history.v1 import (
    HistoryEvent,
    NexusOperationScheduledEventAttributes,
    WorkflowExecutionStartedEventAttributes,
)
from temporalio.client import WorkflowHistory

import worker
import workflows
from domain.bookings import BookingStatus
from embedded.postgres import EmbeddedPostgres
from tests.histories import fingerprints, playing
from tests.histories.commands import AGAIN, commands_of, folded
from tests.histories.fingerprints import ON_PURPOSE, Fingerprints, changes, kept, kept_texts, of_story, renew, texts_of
from tests.histories.playing import Changed, Stage, each
from tests.histories.record import main
from tests.histories.saved import all_saved, result_of
from tests.histories.stories import STORIES

PAID = "BookingWorkflow/confirmed-paid"
INSTEAD = {
    "AppointmentWorkflow/completed": "AppointmentWorkflow/cancelled-free",
    "WaitlistWorkflow/accepted": "WaitlistWorkflow/nobody-waits",
}
"""For stories that go another way where the machine is so busy that a time is over before it is waited for."""
FIRST = [
    next(one for one in STORIES if str(one) == INSTEAD.get(str(story), str(story)))
    for story in {story.workflow_type: story for story in reversed(STORIES)}.values()
]
"""The first story of each type of workflow, which is its usual way; `make check-commands` plays all."""


@pytest.fixture(scope="module")
def saved() -> dict[str, WorkflowHistory]:
    return {str(one): one.read() for one in all_saved()}


@pytest.fixture(scope="module")
def derived(saved: dict[str, WorkflowHistory]) -> Fingerprints:
    return fingerprints.fingerprints_of(saved)


@pytest.fixture
def stage(postgres_server: EmbeddedPostgres, postgres_url: str, temporal_server: str) -> Stage:
    return Stage(postgres_server, postgres_url, temporal_server)


def test_what_is_kept_is_what_the_saved_histories_say(derived: Fingerprints) -> None:
    difference = changes(kept_texts(), texts_of(derived))
    assert not difference, f"{difference}\n\n{ON_PURPOSE}"


async def test_the_code_still_commands_what_is_kept(stage: Stage) -> None:
    """Played anew, since a saved history also replays where the code does something else for those who begin now."""
    known = kept()
    failed = await each(FIRST, lambda story: stage.compare(story, known))
    assert {one.__name__ for one in worker.WORKFLOWS} == {story.workflow_type for story in FIRST}
    told = "\n\n".join(f"{story}\n{why}" for story, why in failed.items())
    assert not failed, f"{told}\n\n{ON_PURPOSE}"


async def test_a_story_that_commands_something_else_is_found_and_shown(
    stage: Stage, derived: Fingerprints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "PLAYS", 1)
    story = next(one for one in STORIES if str(one) == "RemindersSweepWorkflow/nothing-due")
    before = derived | {str(story): ["local look_around", *derived[str(story)]]}
    with pytest.raises(Changed) as found:
        await stage.compare(story, before)
    assert "-local look_around" in str(found.value).splitlines()


def test_a_change_is_shown_as_a_diff_of_its_outcome(derived: Fingerprints) -> None:
    later = derived | {PAID: [line for line in derived[PAID] if line != "local secure_claim"]}
    shown = changes(texts_of(derived), texts_of(later)).splitlines()
    assert ["-  local secure_claim"] == [line for line in shown if line.startswith("-  ")]
    assert [] == [line for line in shown if line.startswith("+  ")]


def test_renewing_writes_what_was_found_and_says_what_has_changed(tmp_path: Path, derived: Fingerprints) -> None:
    first = {name: lines for name, lines in derived.items() if not name.startswith("WebhooksTidyWorkflow/")}
    assert sorted({name.partition("/")[0] for name in first}) == renew(first, tmp_path)
    assert first == kept(tmp_path)
    assert [] == renew(first, tmp_path)
    without = {name: lines for name, lines in first.items() if not name.startswith("SeriesWorkflow/")}
    assert ["SeriesWorkflow"] == renew(without, tmp_path)
    assert without == kept(tmp_path)


def test_a_round_that_follows_upon_itself_is_told_once() -> None:
    assert ["a", "b", AGAIN, "c"] == folded(["a", "b", "a", "b", "a", "b", "c"])
    assert ["a", AGAIN, "b", "a"] == folded(["a", "a", "b", "a"])
    assert ["a", "b", "c"] == folded(["a", "b", "c"])


def test_how_often_something_came_again_is_no_difference_between_plays() -> None:
    assert of_story("W/one", {"W/one": folded(["a", "b", "a", "b", "c"])}) == of_story("W/one", {"W/one": ["a", "b", "c"]})


def test_the_runs_of_a_story_are_those_with_its_name_and_a_number() -> None:
    known = {"W/one-1": ["b"], "W/one-2": ["a"], "W/one-more": ["c"], "V/one": ["d"]}
    assert [["a"], ["b"]] == of_story("W/one", known)


def test_a_kind_of_command_that_nobody_has_put_into_words_is_refused() -> None:
    started = HistoryEvent(event_id=1, workflow_execution_started_event_attributes=WorkflowExecutionStartedEventAttributes())
    foreign = NexusOperationScheduledEventAttributes()
    history = WorkflowHistory("1", [started, HistoryEvent(event_id=2, nexus_operation_scheduled_event_attributes=foreign)])
    with pytest.raises(LookupError, match="nexus_operation_scheduled"):
        commands_of(history)


def test_no_commands_are_of_a_person_or_a_time(derived: Fingerprints) -> None:
    lines = {line for commands in derived.values() for line in commands}
    assert [] == [line for line in lines if any(letter.isdigit() for letter in line) or "@" in line]


def test_a_word_that_no_story_has_is_refused() -> None:
    assert 2 == main(["--check", "no-such-story"])


# ---- that they tell of everything


def patches() -> Iterator[str]:
    """The ids of all patches in the workflows' code."""
    for file in Path(workflows.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "patched":
                assert isinstance(node.args[0], ast.Constant), f"{file.name}: give the patch its name where it is asked for"
                yield str(node.args[0].value)


def test_every_patch_was_taken_in_some_history(derived: Fingerprints) -> None:
    """Its new way has no history otherwise: the old ones all go the old way, and replay."""
    taken = {line.removeprefix("patch ") for lines in derived.values() for line in lines if line.startswith("patch ")}
    assert set() == set(patches()) - taken, ON_PURPOSE


def test_every_status_of_a_booking_is_in_some_history(saved: dict[str, WorkflowHistory], derived: Fingerprints) -> None:
    told = {line.rpartition(" ")[2] for lines in derived.values() for line in lines if " BookingStatus " in line}
    told |= {result[0] for history in saved.values() if (result := result_of_booking(history)) is not None}
    assert {status.value for status in BookingStatus} == told


def result_of_booking(history: WorkflowHistory) -> tuple[str, str] | None:
    kind = history.events[0].workflow_execution_started_event_attributes.workflow_type.name
    return result_of(history) if kind in {"BookingWorkflow", "AppointmentWorkflow", "SeriesWorkflow"} else None


def test_every_type_of_workflow_has_a_text() -> None:
    assert {one.__name__ for one in worker.WORKFLOWS} == set(kept_texts())


def test_stories_have_names_of_their_own() -> None:
    """One that ends like another with a number would be taken for its run."""
    names = [str(story) for story in STORIES]
    assert len(set(names)) == len(names)
    assert not [name for name in names if name.rpartition("-")[2].isdecimal() and name.rpartition("-")[0] in names]
