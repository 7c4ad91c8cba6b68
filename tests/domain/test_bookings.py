"""The statuses of a booking and the ways between them."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.bookings import ALLOWED_TRANSITIONS, BookingRef, BookingStatus, check_transition
from domain.errors import TransitionNotAllowed

FINAL = {"completed", "no_show", "expired", "cancelled", "failed"}


def test_these_are_all_statuses_and_all_have_their_ways() -> None:
    assert {"pending", "confirming", "confirmed", *FINAL} == set(BookingStatus) == set(ALLOWED_TRANSITIONS)


def test_what_is_final_leads_nowhere_else_than_to_a_no_show() -> None:
    assert FINAL == {status.value for status in BookingStatus if status.is_final}
    for status in FINAL - {"completed"}:
        assert not ALLOWED_TRANSITIONS[BookingStatus(status)]
    assert {BookingStatus.NO_SHOW} == ALLOWED_TRANSITIONS[BookingStatus.COMPLETED]


def test_from_every_status_an_end_can_be_reached() -> None:
    """Promise 5, on paper."""
    reaches_an_end = {status for status in BookingStatus if status.is_final}
    for _ in BookingStatus:
        reaches_an_end |= {status for status, targets in ALLOWED_TRANSITIONS.items() if targets & reaches_an_end}
    assert set(BookingStatus) == reaches_an_end


def test_every_status_is_reached_from_the_hold() -> None:
    reached = {BookingStatus.PENDING}
    for _ in BookingStatus:
        reached |= {target for status in reached for target in ALLOWED_TRANSITIONS[status]}
    assert set(BookingStatus) == reached


def test_only_what_was_confirmed_can_be_completed_or_missed() -> None:
    """Staff find out after the end, too, that somebody did not come."""
    ways = {BookingStatus.COMPLETED: {"confirmed"}, BookingStatus.NO_SHOW: {"confirmed", "completed"}}
    for outcome, sources in ways.items():
        assert sources == {status for status, targets in ALLOWED_TRANSITIONS.items() if outcome in targets}


def test_a_confirmed_booking_is_not_taken_back_to_a_hold() -> None:
    with pytest.raises(TransitionNotAllowed) as refused:
        check_transition(BookingStatus.CONFIRMED, BookingStatus.PENDING)
    assert {"status": "confirmed"} == refused.value.facts
    check_transition(BookingStatus.CONFIRMING, BookingStatus.PENDING)  # a declined card leaves the hold


def test_a_booking_has_one_address_and_a_key_for_each_step() -> None:
    booking = BookingRef(UUID(int=1), UUID(int=2))
    assert f"booking-{UUID(int=2)}" == booking.workflow_id
    assert f"{UUID(int=2)}:capture" == booking.key("capture")
