"""How a kept appointment ends by itself: its time is over."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.bookings import BookingActivities
    from domain.bookings import BookingStatus
    from workflows.kept import Kept, Turn
    from workflows.steps import in_database


def next_turn(kept: Kept) -> Turn | None:
    """What time does next; None where it does nothing more."""
    if kept.status is BookingStatus.CONFIRMED:
        return Turn(kept.ends_at, complete, "The appointment ends")
    return None


async def complete(kept: Kept) -> None:
    """Its time has passed."""
    await in_database(BookingActivities.complete_booking, kept.booking, summary="The appointment is over")
    kept.become(BookingStatus.COMPLETED)
    kept.show("Over: its time has passed.")
