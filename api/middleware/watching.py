"""One line in the log and one observation in the metrics for each request, with nothing personal in either."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from time import perf_counter

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest, multiprocess
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.middleware.heading import request_id

log = logging.getLogger("slotkeeper.api")

SHARED = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})


class RequestMetrics:
    """The API's numbers, in a registry of their own so that two apps in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.seconds = Histogram(
            "slotkeeper_http_request_seconds",
            "Time to answer a request",
            ("method", "route", "status"),
            registry=self.registry,
        )

    def text(self, *others: CollectorRegistry) -> bytes:
        """As Prometheus reads them, with these others: of all the processes that share the port."""
        if SHARED not in os.environ:
            return b"".join(generate_latest(one) for one in (self.registry, *others))
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


@contextmanager
def shared_metrics(processes: int) -> Iterator[None]:
    """A folder in which so many processes add up their numbers; for one it takes none. It is gone afterwards."""
    if processes == 1:
        yield
        return
    with TemporaryDirectory(prefix="slotkeeper-metrics-") as folder:
        os.environ[SHARED] = folder  # where the client library of each process looks when it is imported
        try:
            yield
        finally:
            del os.environ[SHARED]


class Watching:
    """Outermost layer: times every request, also those that no route took."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        began = perf_counter()

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            self._tell(scope, status, perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = _template(scope)
        self._metrics.seconds.labels(method, route, str(status)).observe(seconds)
        if log.isEnabledFor(logging.INFO):
            log.info(
                json.dumps(
                    {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1), "request": request_id()}
                )
            )


def _template(scope: Scope) -> str:
    """The route as it is declared: the path itself would carry ids."""
    return str(getattr(scope.get("route"), "path", "unmatched"))
