from __future__ import annotations

from typing import Any

import pytest

from bench.bookings import tickets
from bench.report import Checks
from bench.rounds import percentile
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
