"""How a kept appointment ends by itself: its time is over, a message follows, and the window for a no-show closes."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.bookings import BookingActivities
    from domain.bookings import BookingStatus
    from domain.messages import MessageKind, Recipient
    from workflows import cancelling, paying
    from workflows.kept import Kept, Turn
    from workflows.steps import in_database
    from workflows.telling import tell_people

WORTH_TELLING = timedelta(days=1)
IN_NO_CALENDAR = "It is in no calendar"  # due at once, so no timer waits for it


def next_turn(kept: Kept) -> Turn | None:
    """What time does next; None where it does nothing more."""
    if kept.message.is_reopened:  # all that has had its time
        return None
    if kept.must_be_undone:
        return Turn(workflow.now(), cancelling.undo, IN_NO_CALENDAR)
    if kept.status is BookingStatus.CONFIRMED:
        return min((Turn(kept.ends_at, complete, "The appointment ends"), *paying.turns(kept)), key=lambda turn: turn.at)
    if kept.status is BookingStatus.COMPLETED:
        return min(_after_the_end(kept), key=lambda turn: turn.at, default=None)
    return None


def _after_the_end(kept: Kept) -> list[Turn]:
    turns, policies = [], kept.message.policies
    if policies.follow_up is not None and not kept.message.is_followed_up:
        turns.append(Turn(kept.ends_at + policies.follow_up, follow_up, "The follow-up is due"))
    if workflow.now() < (closes_at := kept.ends_at + policies.no_show.window):
        turns.append(Turn(closes_at, close_window, "Too late to call it a no-show"))
    return turns


async def complete(kept: Kept) -> None:
    """Its time has passed."""
    await in_database(BookingActivities.complete_booking, kept.booking, summary="The appointment is over")
    kept.become(BookingStatus.COMPLETED)
    kept.show("Over: its time has passed.")


async def follow_up(kept: Kept) -> None:
    """Only ever for those who came: a no-show is no longer completed by then."""
    kept.change(is_followed_up=True)
    kept.beside(_send_follow_up(kept))


async def _send_follow_up(kept: Kept) -> None:
    await tell_people(kept.booking, MessageKind.FOLLOW_UP, WORTH_TELLING, recipients=(Recipient.CUSTOMER,))


async def close_window(kept: Kept) -> None:
    """Nothing happens; from now on nobody can say any more that nobody came."""
    kept.show("Over: its time has passed, and so has the time to call it a no-show.")
