"""How a bench runs until it is done, or until somebody asks it to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bench.progress import Progress

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

T = TypeVar("T")


class Stopped(Exception):
    """Somebody asked us to stop."""


async def until_asked(work: Callable[[Progress], Coroutine[Any, Any, T]]) -> T:
    """What the work comes to. Raises Stopped, when it has put everything away; asking twice does not disturb that."""
    asked = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    progress = Progress()
    working, waiting = asyncio.create_task(work(progress)), asyncio.create_task(asked.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not working.done():
        working.cancel()
        await asyncio.wait((working,))
    progress.clear()
    if working.cancelled():
        raise Stopped
    return working.result()
