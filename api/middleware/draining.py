"""How the API is told to stop and nobody notices: it says so first, serves on for a while, and only then lets its port go."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("slotkeeper.api")


@dataclass(slots=True)
class Draining:
    """Whether this process has been told to stop."""

    has_begun: bool = False

    @contextmanager
    def on_sigterm(self, seconds: float) -> Iterator[None]:
        """Puts so many seconds between SIGTERM and the server's own end, in which whoever sends us requests can look elsewhere.

        A second SIGTERM does not wait, nor does Ctrl-C. Does nothing where no server listens for that signal, as in tests.
        """
        servers = signal.getsignal(signal.SIGTERM)
        if threading.current_thread() is not threading.main_thread() or not callable(servers):
            yield
            return
        loop, end = asyncio.get_running_loop(), servers

        def begin(number: int, frame: FrameType | None) -> None:
            if self.has_begun or seconds == 0:
                self.has_begun = True
                end(number, frame)
                return
            self.has_begun = True
            loop.call_soon_threadsafe(loop.call_later, seconds, end, number, None)
            log.info("told to stop: not ready any more, and gone in %g s", seconds)

        signal.signal(signal.SIGTERM, begin)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, servers)


class Parting:
    """Ends each connection with its answer once we have been told to stop, so that its client comes back to another process."""

    def __init__(self, app: ASGIApp, draining: Draining) -> None:
        self._app = app
        self._draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def close_after(message: Message) -> None:
            if message["type"] == "http.response.start" and self._draining.has_begun:
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        await self._app(scope, receive, close_after)
