"""The worker of the no-op bookings: a process like the product's worker, with the same settings."""

from __future__ import annotations

import asyncio
import signal

from bench.noop import WORKFLOWS, activities
from settings import read_settings
from temporal.client import connect
from worker import tuned_worker


async def run() -> None:
    """Works until SIGTERM or SIGINT."""
    settings = read_settings()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    client = await connect(settings)
    async with tuned_worker(settings, client, WORKFLOWS, activities()):
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(run())
