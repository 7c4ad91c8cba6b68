"""Every saved history replays: what was decided once is decided again by the code as it is now."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner

import worker
from domain.bookings import FINAL, Actor
from domain.gateways import Gateways
from settings import Settings
from temporal.client import PLAIN
from tests.fakes import FakeCalendar, FakePayments, FakePost
from tests.histories.saved import activities_in, all_saved, has_ended, messages_in, result_of
from tests.histories.stories import STORIES
from workflows import appointment, giving_up

WITHIN = 300.0

Histories = dict[str, WorkflowHistory]

NEVER_TAKEN = {
    "Confirming.reschedule": "a checkout is not moved: its validator says so",
}
"""Messages that no history can tell of."""

ENDS_AT_ONCE = {"RemindersSweepWorkflow", "WebhooksSweepWorkflow", "WebhooksTidyWorkflow", "PeopleMailsWorkflow"}
"""They wait for nothing but our own database and one mail at a time, so a release does not meet them."""


@pytest.fixture(scope="module")
def histories() -> Histories:
    return {str(one): one.read() for one in all_saved()}


async def failures(histories: Histories, workflows: Iterable[type], runner: WorkflowRunner) -> dict[str, str]:
    """What did not replay, and why."""
    names = {history.run_id: name for name, history in histories.items()}

    async def each() -> AsyncIterator[WorkflowHistory]:
        for history in histories.values():
            yield history

    replayer = Replayer(workflows=list(workflows), data_converter=PLAIN, workflow_runner=runner, debug_mode=True)
    async with asyncio.timeout(WITHIN):
        results = await replayer.replay_workflows(each(), raise_on_replay_failure=False)
    return {names[run]: str(failure).partition("\n")[0] for run, failure in results.replay_failures.items()}


async def test_every_saved_history_replays(histories: Histories) -> None:
    """Where this fails, workflows that run would stand still after a release. ARCHITECTURE.md says what to do."""
    assert {} == await failures(histories, worker.WORKFLOWS, worker.sandboxed())


def with_one_step_more(known: type) -> type:
    """The same workflow, but that it first sleeps a while."""

    async def longer(self: Any, *args: Any) -> Any:
        await workflow.sleep(1)
        return await known.run(self, *args)  # type: ignore[attr-defined]

    changed = type(known.__name__, (known,), {"run": longer, "__module__": known.__module__})
    definition: Any = known.__dict__["__temporal_workflow_definition"]
    changed.__temporal_workflow_definition = replace(definition, cls=changed, run_fn=longer)  # type: ignore[attr-defined]
    return changed


@pytest.mark.parametrize("known", worker.WORKFLOWS, ids=lambda one: one.__name__)
async def test_a_workflow_with_one_step_more_fails_the_replay(histories: Histories, known: type) -> None:
    """Whichever it is, each of its histories notices, also those of runs that only wait."""
    mine = {name: history for name, history in histories.items() if name.startswith(f"{known.__name__}/")}
    changed = [with_one_step_more(one) if one is known else one for one in worker.WORKFLOWS]
    assert set(mine) == set(await failures(mine, changed, UnsandboxedWorkflowRunner())) != set()


# ---- there is one for each outcome


def test_every_story_is_recorded_and_nothing_else(histories: Histories) -> None:
    told = {str(story) for story in STORIES}
    assert told == {name if name in told else name.rpartition("-")[0] for name in histories}


def test_every_workflow_has_histories_that_have_ended_and_some_that_wait(histories: Histories) -> None:
    found = defaultdict(set)
    for name, history in histories.items():
        found[name.partition("/")[0]].add(has_ended(history))
    for known in (one.__name__ for one in worker.WORKFLOWS):
        assert ({True} if known in ENDS_AT_ONCE else {True, False}) == found[known], known


def handlers(known: type) -> dict[str, str]:
    """What may be said to this workflow, with the method that hears it."""
    definition: Any = known.__dict__["__temporal_workflow_definition"]
    heard = {**definition.updates, **definition.signals}
    return {name: one.fn.__qualname__ for name, one in heard.items()}


def test_every_command_was_taken_in_some_history(histories: Histories) -> None:
    """An update or signal that is added without one is missing here."""
    known = {one.__name__: handlers(one) for one in worker.WORKFLOWS}
    taken = {known[name.partition("/")[0]][message] for name, history in histories.items() for message in messages_in(history)}
    there_are = {method for each in known.values() for method in each.values()}
    assert there_are - set(NEVER_TAKEN) == taken


def test_every_activity_was_run_in_some_history(histories: Histories, pool: asyncpg.Pool) -> None:
    settings = Settings(database_url="postgresql://unused", token_secret="t" * 32)
    aboard = worker.activities(settings, pool, pool, Gateways(FakePayments(), FakeCalendar(), FakePost(), FakePost()))
    run = {name for history in histories.values() for name in activities_in(history)}
    assert {activity.__name__ for activity in aboard} == run


def outcomes(histories: Histories, *types: str) -> set[tuple[str, str]]:
    found = {result_of(history) for name, history in histories.items() if name.partition("/")[0] in types}
    return {outcome for outcome in found if outcome is not None}


def given_up(histories: Histories) -> Iterator[str]:
    """The steps of a checkout that are tried for so long and no longer."""
    for name, history in histories.items():
        if not name.startswith("BookingWorkflow/"):
            continue
        for event in history.events:
            scheduled = event.activity_task_scheduled_event_attributes
            if scheduled.activity_type.name and scheduled.schedule_to_close_timeout.seconds:
                yield scheduled.activity_type.name


def test_every_end_of_a_checkout_has_a_history(histories: Histories) -> None:
    """An answer that ends one, or a step that may be given up, is missing here until it has one."""
    wanted = {("expired", answer.code) for answer in giving_up.EXPIRING}
    wanted |= {("cancelled", f"cancelled-by-{actor}") for actor in Actor}
    wanted |= {("cancelled", "operator"), ("cancelled", "declined")}
    wanted |= {("failed", giving_up.NOT_HELD), ("failed", "slot-taken")}
    wanted |= {("failed", "calendar-disconnected"), ("failed", "payment-not-capturable")}
    vital = set(given_up(histories)) - NOT_VITAL
    assert {"authorise_payment", "check_payment", "write_calendar_event", "capture_payment"} == vital
    wanted |= {("failed", f"{step.replace('_', '-')}-failed") for step in vital}
    assert wanted == outcomes(histories, "BookingWorkflow")


NOT_VITAL = {"send_email", "send_sms", "renew_payment", "check_renewal", "void_replaced_payment"}
"""A checkout goes on without them, or tries them again."""


def test_every_end_of_an_appointment_has_a_history(histories: Histories) -> None:
    wanted = {(status.value, reason) for status, reason in appointment.REASONS.items()}
    assert wanted == outcomes(histories, "AppointmentWorkflow")


def test_a_series_ends_as_a_checkout_does(histories: Histories) -> None:
    """It is one, with each step done to all its bookings, so it has every status of one and no reason of its own."""
    series, checkouts = outcomes(histories, "SeriesWorkflow"), outcomes(histories, "BookingWorkflow")
    assert {status for status, _ in checkouts} == {status for status, _ in series}
    assert series <= checkouts


def test_every_final_status_has_a_history(histories: Histories) -> None:
    ends = outcomes(histories, "BookingWorkflow", "AppointmentWorkflow")
    assert {status.value for status in FINAL} == {status for status, _ in ends}
