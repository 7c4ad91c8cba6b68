from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.bookings import Booked, tickets
from bench.completing import minute_after
from bench.histories import Told
from bench.report import Checks, Report
from bench.rounds import Round, percentile
from bench.shop import overlaps


@pytest.mark.parametrize(("expected", "share"), [(5.0, 0.5), (10.0, 0.95), (10.0, 1.0), (1.0, 0.0)])
def test_a_percentile_is_a_measured_value_that_enough_do_not_exceed(expected: float, share: float) -> None:
    assert expected == percentile([float(value) for value in reversed(range(1, 11))], share)


def test_customers_draw_from_one_pile_of_tickets() -> None:
    pile = tickets(3, None)
    assert (0, 1, [2]) == (next(pile), next(pile), list(pile))


def test_no_ticket_is_drawn_when_the_time_is_over() -> None:
    assert [] == list(tickets(3, 0.0))


def test_all_well_is_no_fault() -> None:
    assert [] == Checks(bookings=3, confirmed=3, captured=3, overlaps=0).faults


@pytest.mark.parametrize(
    ("expected", "checks"),
    [
        (["3 bookings were made but 2 are confirmed"], Checks(3, 2, 3, 0)),
        (["3 bookings were made but 4 payments were captured"], Checks(3, 3, 4, 0)),
        (["1 bookings overlap another"], Checks(3, 3, 3, 1)),
    ],
)
def test_what_went_wrong_is_a_fault(expected: list[str], checks: Checks) -> None:
    assert expected == checks.faults


def booking(provider: str, starts: int, ends: int) -> dict[str, Any]:
    return {
        "provider_id": provider,
        "starts_at": f"2027-03-08T{starts:02}:00:00+01:00",
        "ends_at": f"2027-03-08T{ends:02}:00:00+01:00",
    }


@pytest.mark.parametrize(
    ("expected", "bookings"),
    [
        (0, [booking("ada", 9, 10), booking("ada", 10, 11), booking("emil", 9, 11)]),
        (1, [booking("ada", 9, 11), booking("ada", 10, 11)]),
        (2, [booking("ada", 9, 12), booking("ada", 10, 11), booking("ada", 11, 12)]),
    ],
    ids=["side by side", "into the one before", "two into a long one"],
)
def test_overlaps_are_counted(expected: int, bookings: list[dict[str, Any]]) -> None:
    assert expected == overlaps(bookings)


def done(seconds: float, **cpu: float) -> Round:
    return Round(2 * [Booked("booking-1", 0.1, 0.2)], seconds, 0, cpu, 0)


FINE = Checks(6, 6, 6, 0)


def report(*rounds: dict[str, Round], actions: int = 10, checks: Checks = FINE) -> Report:
    told = [Told(40, actions, Counter(TIMER_STARTED=1))]
    recorded: dict[str, float] = {side: 18.0 for side in ("DBOS", "DBOS no-op") if side in rounds[0]}
    return Report("2 cores", 3, list(rounds), {"saga": told, "no-op": told}, recorded, {"saga": checks}, [], told[0])


ONE = {"saga": done(1, worker=0.2), "no-op": done(0.5, temporal=0.1), "DBOS": done(0.25, dbos=0.1), "DBOS no-op": done(0.125)}
OTHER = {"saga": done(4, worker=0.2), "no-op": done(4, temporal=0.1), "DBOS": done(4, dbos=0.1), "DBOS no-op": done(4)}


def test_a_ratio_is_the_median_of_each_rounds_own() -> None:
    rate = next(report(ONE, OTHER, OTHER).rows())
    assert {"saga": 0.5, "no-op": 0.5, "DBOS": 0.5, "DBOS no-op": 0.5} == rate.values
    assert {"saga/no-op": 1.0, "saga/DBOS": 1.0, "DBOS/no-op": 1.0} == rate.ratios
    assert {"saga/no-op": 0.5, "saga/DBOS": 0.25, "DBOS/no-op": 0.5} == next(report(ONE).rows()).ratios


def test_a_side_that_was_left_out_has_no_column() -> None:
    rows = {row.name.strip(): row for row in report({side: ONE[side] for side in ("saga", "no-op")}).rows()}
    assert {"saga/no-op": 0.5} == rows["confirmed bookings/s"].ratios
    assert {"saga": 100.0} == rows["worker"].values


@pytest.mark.parametrize(("expected", "actions"), [("12.00, reached", 12), ("13.00, missed", 13)])
def test_a_missed_goal_is_told_and_is_no_fault(expected: str, actions: int) -> None:
    found = report(ONE, actions=actions)
    assert f"Goal: at most 12 billable actions to the appointment's end: {expected}." in found.text()
    assert [] == found.faults


def test_a_fault_names_its_side() -> None:
    assert ["saga: 1 bookings overlap another"] == report(ONE, checks=Checks(6, 6, 6, 1)).faults


@pytest.mark.parametrize(
    ("expected", "now"),
    [
        ("2027-03-08T10:31", "2027-03-08T10:30:01"),
        ("2027-03-09T00:00", "2027-03-08T23:58:01"),
        ("2027-03-08T10:30", "2027-03-08T10:30"),
    ],
    ids=["the next", "none that ends at midnight", "this very one"],
)
def test_an_appointment_of_a_minute_begins_with_one(expected: str, now: str) -> None:
    assert f"{expected}:00+00:00" == minute_after(datetime.fromisoformat(now).replace(tzinfo=UTC)).isoformat()
