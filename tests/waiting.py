"""Waiting for what happens elsewhere, with an end."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable

PATIENCE = 60.0
"""Seconds: what works has happened by then, however busy the machine is. Who does not wait for it in vain loses nothing."""


async def until(ready: Callable[[], object | Awaitable[object]], seconds: float = PATIENCE, every: float = 0.05) -> None:
    """Returns when `ready` says yes; raises TimeoutError when it never does."""
    async with asyncio.timeout(seconds):
        while True:
            answer = ready()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(every)
