"""What operators do by hand, in our own database: each is one transaction, and the same operation id again does nothing."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg
from temporalio import activity

from domain.operations import Operation, RefundAsked, Resend, ResendMessage
from domain.outside_steps import ByHand
from store import notifications, operations, settling


@dataclass(frozen=True, slots=True)
class SettleOrder:
    """Call the operation's step done. `is_under_way`: the workflow was at it and has stopped."""

    operation: Operation
    done: ByHand
    is_under_way: bool


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Ask for this much in minor units, or for all that is left."""

    operation: Operation
    amount: int | None


@dataclass(frozen=True, slots=True)
class ResendOrder:
    """Make this message ready to be sent once more."""

    operation: Operation
    wish: ResendMessage


class OperationActivities:
    """They write down who did what, and change our books with it; what goes on at vendors is the workflow's. A repeat answers as
    the first one did, for its answer may have been lost."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def note_operation(self, operation: Operation) -> None:
        """Writes it down and tells it. Raises KeyReused."""
        await operations.note_alone(self._pool, operation)

    @activity.defn
    async def skip_step(self, operation: Operation) -> None:
        """The same, for a step that is left out: a message that was left out is never sent."""
        async with self._pool.acquire() as connection, connection.transaction():
            await operations.lock(connection, operation.booking)
            if not await operations.note(connection, operation):
                return
            channel, _, name = (operation.step or "").partition(":")
            if name:
                await notifications.leave_out(connection, operation.booking, name, channel)

    @activity.defn
    async def settle_step(self, order: SettleOrder) -> None:
        """Brings our books to what was done by hand. Raises StepNotUnderWay, NotSettledThatWay, KeyReused."""
        await settling.settle(self._pool, order.operation, order.done, is_under_way=order.is_under_way)

    @activity.defn
    async def request_refund(self, order: RefundOrder) -> RefundAsked:
        """Asks for the refund in our books. Raises RefundTooLarge, TransitionNotAllowed, KeyReused, with nothing written."""
        return await operations.request_refund(self._pool, order.operation, order.amount)

    @activity.defn
    async def prepare_resend(self, order: ResendOrder) -> Resend:
        """Corrects the address and says what is to be told. Raises TransitionNotAllowed, MalformedOperation, KeyReused."""
        return await operations.prepare_resend(self._pool, order.operation, order.wish)
