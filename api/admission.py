"""Lets in as many new holds as can be answered soon, and turns the others away before anything is begun.

How many is measured. Holds under way at once are limited; the limit follows the ratio of how long they should take to how long
they do (as Netflix's concurrency-limits has it), so that what waits anywhere, in this process, at Temporal or in the workers,
stays as short as the target. Where tasks wait for a worker already, nothing new is begun at all. Each API process limits its own.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic

from fastapi import Depends, Request
from prometheus_client import CollectorRegistry, Counter, Gauge

from api.hold_limit import HoldLimit
from api.problems import Problem
from settings import Settings

log = logging.getLogger("slotkeeper.api")

ASK_EVERY = 1.0
"""Seconds for which what Temporal said of the backlog is good."""
STALE_AFTER = 5.0
CALM_AFTER = 10.0
"""Seconds without turning anybody away, and it is over."""
COME_BACK = (2, 5)
"""Seconds, drawn for each, so that they do not all come back at once."""


class AdmissionNumbers:
    """For Prometheus. Of several processes that share a port, the limit and the rest are of the one that told last."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        told = {"registry": self.registry, "multiprocess_mode": "mostrecent"}
        self.shed = Counter("slotkeeper_shed", "Requests turned away, by cause", ("cause",), registry=self.registry)
        self.limit = Gauge("slotkeeper_hold_limit", "How many holds may be under way at once", **told)  # type: ignore[arg-type]
        self.under_way = Gauge("slotkeeper_holds_under_way", "Holds asked for and not answered", **told)  # type: ignore[arg-type]
        self.backlog = Gauge("slotkeeper_backlog_seconds", "How long tasks wait for a worker", **told)  # type: ignore[arg-type]
        for cause in ("limit", "backlog"):
            self.shed.labels(cause)


class Admission:
    """Asks `backlog` how long tasks wait for a worker, in seconds, at most once a second and only while holds are asked for."""

    def __init__(self, settings: Settings, backlog: Callable[[], Awaitable[float]]) -> None:
        self._limit = HoldLimit(settings.api_holds_at_once, settings.api_hold_target_seconds)
        self._longest = settings.api_backlog_seconds
        self._backlog = backlog
        self._waits, self._asked_at, self._told_at = 0.0, -ASK_EVERY, -STALE_AFTER
        self._asking: asyncio.Task[None] | None = None
        self._shed_since: float | None = None
        self._shed_last, self._shed_times = 0.0, 0
        self.numbers = AdmissionNumbers()
        self.numbers.limit.set(self._limit.now)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """For one new hold, while it is asked for. Raises Problem where there is none, with nothing begun or written."""
        self.check()
        with self._limit.one_more():
            self._show()
            try:
                yield
            finally:
                self._show()

    def check(self) -> None:
        """Raises Problem where a new hold would be turned away."""
        self._ask_when_due()
        if self._longest_wait() > self._longest:
            raise self._turned_away("backlog")
        if self._limit.is_full():
            raise self._turned_away("limit")

    def _longest_wait(self) -> float:
        """As far as it is known."""
        return self._waits if monotonic() - self._told_at < STALE_AFTER else 0.0

    def _ask_when_due(self) -> None:
        now = monotonic()
        if now - self._asked_at >= ASK_EVERY and (self._asking is None or self._asking.done()):
            self._asked_at = now
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        try:
            self._waits = await self._backlog()
        except Exception:  # whoever is let in hears himself that nobody answers
            return
        self._told_at = monotonic()
        self.numbers.backlog.set(self._waits)

    def _show(self) -> None:
        self.numbers.limit.set(self._limit.now)
        self.numbers.under_way.set(self._limit.under_way)

    def _turned_away(self, cause: str) -> Problem:
        self._show()
        self.numbers.shed.labels(cause).inc()
        self._shed_last = monotonic()
        self._shed_times += 1
        if self._shed_since is None:
            self._shed_since = self._shed_last
            limit, waits = self._limit, self._longest_wait()
            log.warning(
                "New bookings are turned away: %d holds under way, the limit is %d, tasks wait %.1f s for a worker",
                *(limit.under_way, limit.now, waits),
            )
            asyncio.get_running_loop().call_later(CALM_AFTER, self._look_if_calm)
        again = random.randint(*COME_BACK)  # noqa: S311 (spreads them, hides nothing)
        detail = "more bookings are asked for than can be held just now; please send the same request again"
        return Problem("overloaded", detail, headers={"Retry-After": str(again)})

    def _look_if_calm(self) -> None:
        if self._shed_since is None:
            return
        left = self._shed_last + CALM_AFTER - monotonic()
        if left > 0:
            asyncio.get_running_loop().call_later(left, self._look_if_calm)
            return
        lasted = self._shed_last - self._shed_since
        log.warning("New bookings are taken again: %d were turned away in %.0f s", self._shed_times, lasted)
        self._shed_since, self._shed_times = None, 0


async def _first_in_line(request: Request) -> None:
    """Turns away before the body is looked at. Whoever has a key may have been here before, and is first looked up."""
    if "idempotency-key" not in request.headers:
        admission: Admission = request.app.state.wiring.admission
        admission.check()


BeginsNewWork = Depends(_first_in_line)
