"""The saga's steps on DBOS: the product's own activities, each recorded and retried by DBOS.

They are repeatable by keys of their own (a line on the timeline, a vendor's idempotency key), as a step on DBOS has to be.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
from dbos import DBOS, StepOptions

from activities.bookings import BookingActivities
from activities.calendars import CalendarActivities
from activities.messages import MessageActivities
from activities.payments import PaymentActivities
from domain.errors import Answer
from domain.gateways import Gateways
from settings import Settings

T = TypeVar("T")

ONE_TRY = 20.0  # seconds, as the product's
IN_DATABASE = StepOptions(interval_seconds=0.1, backoff_rate=2.0, max_attempts=15)
AT_VENDOR = StepOptions(interval_seconds=1.0, backoff_rate=2.0, max_attempts=7)  # pauses of 1, 2, 4 … s: a minute
UNTIL_DONE = StepOptions(interval_seconds=5.0, backoff_rate=1.0, max_attempts=100_000)  # for days


@dataclass(frozen=True, slots=True)
class Steps:
    """What the saga does outside itself."""

    booking: BookingActivities
    payment: PaymentActivities
    calendar: CalendarActivities
    messages: MessageActivities


def build_steps(settings: Settings, pool: asyncpg.Pool, gateways: Gateways) -> Steps:
    """The product's, with the same vendors."""
    if gateways.payments is None:
        raise ValueError("this saga takes money")
    return Steps(
        BookingActivities(pool),
        PaymentActivities(pool, gateways.payments, settings.payments.value),
        CalendarActivities(pool, gateways.calendar, settings.calendar.value),
        MessageActivities(pool, gateways.email, gateways.sms),
    )


async def in_database(step: Callable[..., Coroutine[Any, Any, T]], arg: Any) -> T:
    """One transaction of ours."""
    return await _run(step, arg, IN_DATABASE)


async def at_vendor(step: Callable[..., Coroutine[Any, Any, T]], arg: Any) -> T:
    """One outside effect; retried through accidents for a minute. Raises Answer, DBOSMaxStepRetriesExceeded."""
    return await _run(step, arg, AT_VENDOR)


async def until_done(step: Callable[..., Coroutine[Any, Any, T]], arg: Any) -> T:
    """One that must happen: a capture or an undo."""
    return await _run(step, arg, UNTIL_DONE)


async def _run(step: Callable[..., Coroutine[Any, Any, T]], arg: Any, patience: StepOptions) -> T:
    options: StepOptions = {
        **patience,
        "name": step.__name__,
        "retries_allowed": True,
        "should_retry": _is_accident,
        "timeout_seconds": ONE_TRY,
    }
    return await DBOS.run_step_async(options, step, arg)


def _is_accident(failure: BaseException) -> bool:
    return not isinstance(failure, Answer)
