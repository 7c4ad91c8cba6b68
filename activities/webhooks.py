"""Telling businesses' own systems: finding what is due, and posting one event to one endpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
from temporalio import activity

from domain.webhooks import AT_ONCE, Delivery, WebhookGateway
from store import webhook_deliveries, webhook_events
from store.webhook_events import Render

WHEN_BUSY = 60.0
"""Seconds; an endpoint that is worked at with all it may have is asked again after this."""


@dataclass(frozen=True, slots=True)
class FindDue:
    """At most so many at once."""

    limit: int


@dataclass(frozen=True, slots=True)
class TryDelivery:
    """Try number `number`, from 1."""

    delivery: Delivery
    number: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What is next for a delivery: wait so many seconds and try again, or, for None, nothing. `tries` counts those made so far;
    one that found the endpoint busy is none. `then` waited for this one's first try and is to be started now."""

    again_in_seconds: float | None
    tries: int
    then: Delivery | None = None


class WebhookActivities:
    """`retry_seconds` are the pauses after each failure; after the last the delivery is given up."""

    def __init__(
        self, pool: asyncpg.Pool, steward: asyncpg.Pool, gateway: WebhookGateway, render: Render, retry_seconds: Sequence[float]
    ) -> None:
        self._pool = pool
        self._steward = steward
        self._gateway = gateway
        self._render = render
        self._retry_seconds = tuple(retry_seconds)
        self._busy: Counter[UUID] = Counter()

    @activity.defn
    async def find_due_webhooks(self, find: FindDue) -> list[Delivery]:
        """Makes deliveries of what has happened, and returns those that nobody works at. Repeatable."""
        await webhook_events.spread(self._steward, self._render, find.limit)
        return await webhook_deliveries.find_due(self._steward, find.limit)

    @activity.defn
    async def mark_webhooks_started(self, started: list[Delivery]) -> None:
        """The next sweep leaves these out."""
        await webhook_deliveries.mark_started(self._steward, started)

    @activity.defn
    async def forget_old_webhooks(self, find: FindDue) -> None:
        """Drops events that are older than the log is kept, with their deliveries."""
        await webhook_events.forget_old(self._steward, find.limit)

    @activity.defn
    async def send_webhook(self, attempt: TryDelivery) -> Tried:
        """Posts the event once and writes down what came of it. A try that was written down is not made again.

        At least once: a crash between the receiver's yes and our note of it posts again, under the same webhook-id.
        """
        endpoint_id = attempt.delivery.endpoint_id
        if self._busy[endpoint_id] >= AT_ONCE:
            return Tried(WHEN_BUSY, attempt.number - 1)
        self._busy[endpoint_id] += 1
        try:
            again_in, tries = await self._send(attempt)
        finally:
            self._busy[endpoint_id] -= 1
            self._busy += Counter()  # forgets the idle ones
        return Tried(again_in, tries, await webhook_deliveries.take_next(self._pool, attempt.delivery))

    async def _send(self, attempt: TryDelivery) -> tuple[float | None, int]:
        present = await webhook_deliveries.open_delivery(self._pool, attempt.delivery)
        if present is None:
            return None, attempt.number
        if present.attempts >= attempt.number:
            return self._pause_after(present.attempts), present.attempts
        receipt = await self._gateway.post(present.parcel)
        again_in = self._pause_after(attempt.number)
        pause = None if again_in is None else timedelta(seconds=again_in)
        await webhook_deliveries.save_receipt(self._pool, attempt.delivery, attempt.number, receipt, pause)
        return (None if receipt.is_taken or receipt.says_gone else again_in), attempt.number

    def _pause_after(self, tries: int) -> float | None:
        return self._retry_seconds[tries - 1] if tries <= len(self._retry_seconds) else None
