"""A release in the middle of bookings, in small; and that the bench would notice a wrong one.

`python -m bench.deploy` is the long run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.api.common.v1 import ActivityType
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.history.v1 import (
    ActivityTaskScheduledEventAttributes,
    HistoryEvent,
    MarkerRecordedEventAttributes,
    WorkflowTaskCompletedEventAttributes,
    WorkflowTaskFailedEventAttributes,
)

from bench.deploy.minds import mind_of
from bench.deploy.release import PATCH, STEP, DoesNotFit, Edit, edits, next_release
from bench.deploy.report import Report
from bench.deploy.run import Options, main, run
from bench.progress import Progress

FEW = Options(a_second=1.0, before=3.0, after=3.0, think=0.5, patience=90.0)
WRONG = replace(FEW, before=2.0, after=1.0, patience=1.0, rests_within=5.0, is_patched=False)
OLD, NEW = 100, 200


async def test_a_release_in_the_middle_of_bookings_is_noticed_by_nobody() -> None:
    report = await run(FEW, Progress())
    assert [] == report.faults, report.text()
    assert report.customers == report.confirmed == report.with_step + report.without_step
    assert min(report.with_step, report.without_step, report.crossing) > 0


async def test_a_release_without_the_patch_marker_is_found_out() -> None:
    """Every booking that was held by the old release cannot go on with the new one."""
    report = await run(WRONG, Progress())
    assert any("a workflow task failed: non deterministic error" in fault for fault in report.faults), report.text()
    assert any("does not rest" in fault for fault in report.faults)
    assert report.confirmed < report.customers


# ---- the release


def test_the_next_release_is_this_one_with_a_step_more(tmp_path: Path) -> None:
    release = next_release(tmp_path / "next")
    booking = (release / "workflows/booking.py").read_text()
    compile(booking, "booking.py", "exec")
    compile((release / "activities/bookings.py").read_text(), "bookings.py", "exec")
    assert f'await self._hold()\n            if workflow.patched("{PATCH}"):\n                await self._{STEP}()\n' in booking
    assert f"booking.{STEP}," in (release / "worker.py").read_text()
    assert PATCH not in (next_release(tmp_path / "wrong", is_patched=False) / "workflows/booking.py").read_text()


@pytest.mark.parametrize("edit", edits(is_patched=True), ids=lambda edit: f"{edit.file}: {edit.anchor.strip()}")
def test_a_step_that_finds_no_place_says_which_line_is_missing(tmp_path: Path, edit: Edit) -> None:
    file = tmp_path / edit.file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{edit.within}\nsomething else\n")
    with pytest.raises(DoesNotFit, match=f"^{edit.file} has no line .* any more: tell bench/deploy/release.py"):
        edit.apply(tmp_path)


# ---- what histories say


def completed(by: int) -> HistoryEvent:
    done = WorkflowTaskCompletedEventAttributes(identity=f"{by}@here")
    return HistoryEvent(workflow_task_completed_event_attributes=done)


def local(task: int) -> HistoryEvent:
    marker = MarkerRecordedEventAttributes(marker_name="core_local_activity", workflow_task_completed_event_id=task)
    return HistoryEvent(marker_recorded_event_attributes=marker)


def activity(name: str) -> HistoryEvent:
    scheduled = ActivityTaskScheduledEventAttributes(activity_type=ActivityType(name=name))
    return HistoryEvent(activity_task_scheduled_event_attributes=scheduled)


def failed(cause: WorkflowTaskFailedCause.ValueType) -> HistoryEvent:
    return HistoryEvent(workflow_task_failed_event_attributes=WorkflowTaskFailedEventAttributes(cause=cause))


def history(*events: HistoryEvent) -> Sequence[HistoryEvent]:
    for number, event in enumerate(events, 1):
        event.event_id = number
    return events


@pytest.mark.parametrize(
    ("held_by", "step", "wrong"),
    [
        (OLD, "authorise_payment", ""),
        (NEW, STEP, ""),
        (OLD, STEP, "began on the old release and went on with the step"),
        (NEW, "authorise_payment", "began on the new release and went on without the step"),
    ],
)
def test_a_booking_goes_the_way_of_the_release_that_held_it(held_by: int, step: str, wrong: str) -> None:
    checkout = history(completed(held_by), local(1), activity(step), completed(NEW))
    mind = mind_of("booking-1", [history(completed(NEW)), checkout])
    assert [f"booking-1: {wrong}"] * bool(wrong) == list(mind.faults({NEW}))
    assert (held_by == OLD) == mind.is_crossing


def test_a_workflow_task_that_failed_is_a_fault_unless_there_was_only_news() -> None:
    news = failed(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND)
    wrong = failed(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR)
    checkout = history(completed(NEW), local(1), activity(STEP))
    assert [] == list(mind_of("booking-1", [history(news), checkout]).faults({NEW}))
    (fault,) = mind_of("booking-1", [history(wrong), checkout]).faults({NEW})
    assert fault.startswith("booking-1: a workflow task failed: non deterministic error")


def test_a_booking_that_was_never_held_is_a_fault() -> None:
    assert ["booking-1: its history tells of no hold"] == list(mind_of("booking-1", [history(completed(NEW))]).faults({NEW}))


# ---- how it is called and what it says


def test_the_report_tells_faults_and_that_it_was_a_wrong_release() -> None:
    report = Report(2.0, is_patched=False, customers=3, confirmed=2, faults=["customer 1: confirming: 503"])
    report.again["503"] = 2
    text = report.text()
    assert "WITHOUT the patch marker" in text and "2 of 3 confirmed" in text and "2 for 503" in text
    assert text.endswith("FAULT  customer 1: confirming: 503")
    told = json.loads(json.dumps(report.as_json()))
    assert (3, {"503": 2}) == (told["customers"], told["again"])


@pytest.mark.parametrize("wrong", [("--rate", "0"), ("--before", "-1"), ("--after", "soon")])
def test_what_makes_no_sense_is_refused(wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(wrong)
