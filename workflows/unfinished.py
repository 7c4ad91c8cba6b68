"""What the saga could not finish in its time: each step goes on by itself, in nobody's way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.calendars import CalendarActivities
    from activities.errors import answer_in
    from activities.messages import MessageActivities, SendMessage, TryMessage
    from domain.bookings import BookingRef, OnCalendarFailure
    from domain.errors import CalendarDisconnected, MessageRefused, StepSettled, StepSkipped
    from domain.messages import Channel, MessageKind
    from workflows.kept import Kept
    from workflows.messages import UnfinishedStep
    from workflows.steps import at_vendor, once_locally, tell_trouble
    from workflows.under_way import Verdict, rest, steps_of_this

BY_CHANNEL = {UnfinishedStep.EMAIL: Channel.EMAIL, UnfinishedStep.SMS: Channel.SMS}
FIRST_PAUSE, LAST_PAUSE = timedelta(seconds=1), timedelta(days=1)


async def finish(kept: Kept) -> None:
    """Goes on until the appointment begins, and tells what was given up. Cancelled as a task, it leaves the rest undone."""
    left = max(kept.starts_at - workflow.now(), timedelta(seconds=kept.message.notify_seconds))
    await _write_event_in_time(kept, left)
    await _send_at_once(kept)
    steps = kept.message.unfinished
    soon = timedelta(seconds=kept.message.notify_seconds)
    given_up = await try_steps(kept.booking, steps, left, kept.finished, soon)
    for step in given_up:
        await tell_trouble(kept.booking, step, "given-up")
    kept.change(unfinished=())
    kept.show("Waits for the appointment to end.")


async def _write_event_in_time(kept: Kept, left: timedelta) -> None:
    """The first event of an occurrence. One that is not written is told of; then the booking is undone, or the event tried on."""
    within = kept.message.event_within_seconds
    if within is None or UnfinishedStep.CALENDAR not in kept.message.unfinished:
        return
    write, is_kept = CalendarActivities.write_calendar_event, kept.message.on_calendar_failure is OnCalendarFailure.CONFIRM_ANYWAY
    try:
        at_most = min(left, timedelta(seconds=within))
        await at_vendor(write, kept.booking, summary="Write the calendar event", within=at_most)
    except FailureError as failure:
        answer = answer_in(failure)
        if is_cancelled_exception(failure):
            raise
        if not isinstance(answer, (StepSkipped, StepSettled)):
            await tell_trouble(kept.booking, "calendar", answer.code if answer else "not-written-yet")
            if is_kept:
                kept.change(event_within_seconds=None)
                return
            kept.change(undo_because=answer.code if answer else "write-calendar-event-failed")
    kept.change(event_within_seconds=None)
    kept.finished(UnfinishedStep.CALENDAR)


async def _send_at_once(kept: Kept) -> None:
    """The first try of the confirmation, by all its channels in one local step; what it leaves is sent by regular ones."""
    channels = tuple(channel for step, channel in BY_CHANNEL.items() if step in kept.message.unfinished)
    if not channels:
        return
    order = TryMessage(SendMessage(kept.booking, MessageKind.CONFIRMATION), channels)
    try:
        tried = await once_locally(MessageActivities.try_message, order, summary="Send the confirmation")
    except FailureError:  # such as our own database's; each channel meets it by itself
        return
    for step, channel in BY_CHANNEL.items():
        if channel in tried.refused:
            await tell_trouble(kept.booking, step, MessageRefused.code)
        if channel in channels and channel not in tried.left:
            kept.finished(step)


async def try_steps(
    booking: BookingRef,
    steps: tuple[UnfinishedStep, ...],
    within: timedelta,
    finished: Callable[[UnfinishedStep], None] = lambda _: None,
    soon: timedelta | None = None,
) -> list[UnfinishedStep]:
    """Runs independent steps side by side; none waits for or fails another. Returns the ones still to be done.

    A message that has not got through `soon` is told of, and tried on.
    """
    done = await asyncio.gather(*(_try_in_time(booking, step, within, finished, soon) for step in steps))
    return [step for step, is_done in zip(steps, done, strict=True) if not is_done]


async def _try_in_time(
    booking: BookingRef,
    step: UnfinishedStep,
    within: timedelta,
    finished: Callable[[UnfinishedStep], None],
    soon: timedelta | None,
) -> bool:
    if soon is None or soon >= within or step is UnfinishedStep.CALENDAR:  # that one has been told of already
        return await _try_step(booking, step, within, finished)
    return await _try_step(booking, step, soon, finished) or await _try_step(booking, step, within - soon, finished)


async def _try_step(
    booking: BookingRef, step: UnfinishedStep, within: timedelta, finished: Callable[[UnfinishedStep], None]
) -> bool:
    try:
        await _run_step(booking, step, within)
        finished(step)
    except FailureError as failure:
        if is_cancelled_exception(failure):
            raise
        answer = answer_in(failure)
        await tell_trouble(booking, step, answer.code if answer else "not-through-yet")
        if answer is not None:  # it is final: trying again changes nothing
            finished(step)
        return answer is not None
    return True


async def _run_step(booking: BookingRef, step: UnfinishedStep, within: timedelta) -> None:
    message = SendMessage(booking, MessageKind.CONFIRMATION)
    match step:
        case UnfinishedStep.EMAIL:
            send, name = MessageActivities.send_email, f"email:{message.name}"
            await at_vendor(send, message, summary="E-mail the confirmation", within=within, name=name)
        case UnfinishedStep.SMS:
            send, name = MessageActivities.send_sms, f"sms:{message.name}"
            await at_vendor(send, message, summary="Text the confirmation", within=within, name=name)
        case UnfinishedStep.CALENDAR:
            await _write_when_connected(booking, workflow.now() + within)


async def _write_when_connected(booking: BookingRef, until: datetime) -> None:
    """A disconnected calendar may be connected again any day, so here that answer is not the last word."""
    pause, name, verdict = FIRST_PAUSE, "write-calendar-event", None
    with steps_of_this().at(name):
        while verdict is not Verdict.SKIP:
            try:
                left = until - workflow.now()
                write = CalendarActivities.write_calendar_event
                await at_vendor(write, booking, summary="Write the calendar event", within=left, name=name)
            except FailureError as failure:
                if not isinstance(answer_in(failure), CalendarDisconnected) or workflow.now() + pause >= until:
                    raise
            else:
                return
            verdict = await rest(name, pause, "Look whether the calendar is connected again")
            pause = min(pause * 2, LAST_PAUSE)
