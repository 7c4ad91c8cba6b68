"""A slice of the crash matrix: every boundary of booking with one of two kills, every vendor's operation of it with one fault.

`python -m bench.crash` attacks all of them with everything.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bench.crash.booking_sagas import Book
from bench.crash.boundaries import Boundaries, guarding
from bench.crash.campaign import Options, Pace, run
from bench.crash.cells import Cell, Outcome, Recorded, cells_of, chosen, each_once, sample
from bench.crash.change_sagas import CancelIt
from bench.crash.gate import Gate
from bench.crash.report import Report
from bench.crash.run import main
from bench.progress import Progress
from sandbox.faults import Mode
from tests.bench.stopping import parts_stopped_by_ctrl_c
from tests.waiting import until

SLICE = Options(kinds=("worker", "temporal", "vendors"), sagas=("book",), is_once=True)
RUN = Recorded(("before hold_slot", "after hold_slot", "decides send_sms #2"), (("stripe", "capture"),))


@pytest.fixture(scope="module")
async def report() -> Report:
    return await run(SLICE, Progress(), Report())


async def test_every_promise_holds_after_every_kill(report: Report) -> None:
    assert [] == report.faults, report.text()


async def test_each_kind_of_kill_and_of_fault_struck(report: Report) -> None:
    assert {"worker", "temporal", *(mode.value for mode in Mode)} == {one.cell.how for one in report.outcomes if one.was_struck}


async def test_the_boundaries_are_those_of_what_was_done(report: Report) -> None:
    places = {one.cell.place for one in report.outcomes if one.cell.saga is Book}
    for step in ("hold_slot", "authorise_payment", "write_calendar_event", "capture_payment", "confirm_booking", "try_message"):
        assert {f"before {step}", f"after {step}"} & places, step
    assert "decides to go on as another run" in places


def test_a_boundary_is_attacked_with_every_kill_and_an_operation_with_every_fault() -> None:
    cells = cells_of({Book: RUN}, ("worker", "postgres", "vendors"))
    assert [(place, how) for how in ("worker", "postgres") for place in RUN.boundaries] == [
        (cell.place, cell.how) for cell in cells if cell.is_kill
    ]
    assert [("stripe capture", mode.value) for mode in Mode] == [(cell.place, cell.how) for cell in cells if not cell.is_kill]


def test_words_choose_cells() -> None:
    cells = cells_of({Book: RUN, CancelIt: RUN}, ("worker", "vendors"))
    assert ["cancel: before hold_slot: worker"] == [cell.name for cell in chosen(cells, "cancel: before hold_slot")]
    assert ["book: stripe capture: slow"] == [cell.name for cell in chosen(cells, "slow book")]


def test_a_sample_covers_all_places_with_all_kinds_together() -> None:
    kills = sample(cells_of({Book: RUN}, ("worker", "postgres")), ("worker", "postgres"), 2)
    assert ["before hold_slot", "decides send_sms #2"] == [cell.place for cell in kills if cell.how == "worker"]
    assert ["after hold_slot"] == [cell.place for cell in kills if cell.how == "postgres"]


def test_once_each_place_has_one_kill_or_one_fault_in_turn() -> None:
    run = Recorded(RUN.boundaries, (("stripe", "capture"), ("smtp", "send")))
    assert [
        ("before hold_slot", "worker"),
        ("after hold_slot", "postgres"),
        ("decides send_sms #2", "worker"),
        ("stripe capture", "timeout_after"),
        ("smtp send", "duplicate"),
    ] == [(cell.place, cell.how) for cell in each_once(cells_of({Book: run}, ("worker", "postgres", "vendors")))]


def test_a_machine_that_is_slow_gets_fewer_cases_at_once_and_a_quick_one_more() -> None:
    pace = Pace()
    pace.begin(30.0)
    sizes = [pace.size]
    for seconds in (100.0, 100.0, 100.0, 30.0, 5.0, 5.0):
        pace.learn(seconds)
        sizes.append(pace.size)
    assert [4, 2, 1, 1, 1, 2, 3] == sizes
    pace.learn(5.0, missed=0.6)
    assert 1 == pace.size


def test_what_is_wrong_is_told_with_how_to_repeat_it() -> None:
    wrong = Outcome(Cell(Book, "after capture_payment", "worker"), was_struck=True, findings=["became failed"])
    fine = Outcome(Cell(Book, "stripe capture", "slow"), was_struck=True, seconds=1.25)
    told = Report([wrong, fine], ["a row: overlapping-claims"], Counter({"GET /x: 500": 2}), copies=1)
    repeat = 'python -m bench.crash --kill worker --saga "book" --only "after capture_payment"'
    assert [
        f"book: after capture_payment: worker: became failed\n    repeat: {repeat}",
        "a row: overlapping-claims",
    ] == told.faults[:2]
    text = told.text()
    assert "1 WRONG" in text and "ok 1.2" in text and "2 cells, 2 struck, 1 with findings; 1 messages twice" in text
    assert "after capture_payment" == json.loads(json.dumps(told.as_json()))["cells"][0]["place"]
    assert [] == replace(told, outcomes=[fine], unclaimed=[], unexpected=Counter()).faults
    late = replace(told, outcomes=[], unclaimed=[], unexpected=Counter(), left=2, unknown=("offer",))
    assert ["time was up before 2 cells and offer were attacked: attack less, or take more with --time-limit"] == late.faults


def test_a_process_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--saga", "nothing"])


async def connected(boundaries: Boundaries) -> Gate:
    gate = Gate()
    await gate.connect(boundaries.port)
    return gate


async def test_a_worker_stops_at_the_boundary_it_is_to_stop_at_and_passes_the_others() -> None:
    async with guarding() as boundaries:
        gate = await connected(boundaries)
        watch = boundaries.watch(("booking-1",), at="after send_sms #2")
        for _ in range(2):
            await gate.passes("booking-1", ["before send_sms"])
        await gate.passes("booking-1", ["after send_sms"])
        stopped = asyncio.create_task(gate.passes("booking-1", ["after send_sms"]))
        await watch.stopped.wait()
        await gate.passes("booking-2", ["after send_sms"])
        assert not stopped.done()
        boundaries.open()
        await stopped
        await gate.passes("booking-1", ["after send_sms"])
    assert ["before send_sms", "before send_sms #2", "after send_sms", "after send_sms #2", "after send_sms #3"] == watch.passed


async def test_what_a_workflow_has_started_belongs_to_it() -> None:
    async with guarding() as boundaries:
        gate = await connected(boundaries)
        gate.tell_parent("booking-1", "waitlist-1")
        watch = boundaries.watch(("waitlist-1",))
        await gate.passes("booking-1", ["before hold_slot"])
    assert (["before hold_slot"], {"booking-1"}) == (watch.passed, watch.workflow_ids)


async def test_a_gate_without_its_keeper_lets_everything_pass() -> None:
    async with guarding() as boundaries:
        gate = await connected(boundaries)
        watch = boundaries.watch(("booking-1",), at="before hold_slot")
        waiting = asyncio.create_task(gate.passes("booking-1", ["before hold_slot"]))
        await watch.stopped.wait()
    await until(waiting.done)
    await gate.passes("booking-1", ["after hold_slot"])


async def test_ctrl_c_stops_everything_and_leaves_nothing(enterable: Path) -> None:
    assert 5 == await parts_stopped_by_ctrl_c(("bench.crash",), enterable, "*/logs/api.pid", "*/logs/*.pid")
