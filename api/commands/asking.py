"""How a workflow is asked: for how long, again while something else is under way, and what it means that nobody answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import timedelta
from typing import Any, Self, TypeVar

from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateHandle,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateStage,
)
from temporalio.service import RPCError, RPCStatusCode

from activities.errors import answer_in
from api.commands.outcomes import BookingIsOver, Unavailable
from domain.errors import ChangeUnderWay
from settings import Settings

T = TypeVar("T")

HOLD_WITHIN = timedelta(seconds=15)
ACCEPTED_WITHIN = 5.0  # seconds, also for whoever does not wait: what nobody has heard would not go on
TRY_AGAIN_AFTER = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0)


class Asking:
    """Who asks: what each story of the commands is told with."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._waits = settings.confirm_wait_seconds

    def waiting(self, seconds: float) -> Self:
        """The same for a caller who waits so long for an outcome."""
        other = copy(self)
        other._waits = seconds
        return other

    async def _ask(self, workflow_id: str, update: str, request: Any, becomes: type[T], *, update_id: str | None = None) -> T:
        """What comes of it, by the time that an HTTP caller waits; raises TimeoutError when nothing has, though it goes on.

        A refusal of the workflow's validator comes with the outcome, not with the start.
        """
        handle = self._client.get_workflow_handle(workflow_id)

        async def ask() -> T:
            with accidents():
                begun = await handle.start_update(
                    update,
                    request,
                    id=update_id,
                    wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                    result_type=becomes,
                    rpc_timeout=timedelta(seconds=max(self._waits, min(ACCEPTED_WITHIN, self._settings.confirm_wait_seconds))),
                )
                return await _within(self._waits, begun)

        return await when_it_is_our_turn(ask)


async def when_it_is_our_turn(ask: Callable[[], Awaitable[T]]) -> T:
    """Asks again while another change is under way, for some seconds: few take that long. Raises ChangeUnderWay after it."""
    for pause in TRY_AGAIN_AFTER:
        try:
            return await ask()
        except ChangeUnderWay:
            await asyncio.sleep(pause)
    return await ask()


async def _within(seconds: float, update: WorkflowUpdateHandle[T]) -> T:
    """Raises TimeoutError when there is no outcome by then. The client tells a cancelled wait as an error of its own."""
    try:
        return await asyncio.wait_for(update.result(), seconds)
    except WorkflowUpdateRPCTimeoutOrCancelledError as late:
        raise TimeoutError from late


@contextmanager
def accidents() -> Iterator[None]:
    """The one translation of what Temporal's client raises: into domain answers, BookingIsOver or Unavailable."""
    try:
        yield
    except WorkflowUpdateFailedError as failure:
        answer = answer_in(failure.cause)
        if answer is not None:
            raise answer from failure
        raise Unavailable("the booking could not go on") from failure
    except WorkflowUpdateRPCTimeoutOrCancelledError as failure:
        raise Unavailable("no worker answered in time") from failure
    except RPCError as failure:
        if failure.status is RPCStatusCode.NOT_FOUND:
            raise BookingIsOver from failure
        # FAILED_PRECONDITION too: the workflow task that would have taken the command failed, as when a worker or engine dies.
        raise Unavailable("Temporal does not answer") from failure
