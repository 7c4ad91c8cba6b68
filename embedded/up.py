"""`slotkeeper up`: the whole system in one terminal, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from embedded.demo import BUSINESS, TIMEZONE, Appointment, Demo, NoFreeSlot, Shop
from embedded.failures import PartFailed
from embedded.progress import say, step
from embedded.state import StateFolder
from embedded.system import Product, System
from embedded.timeline import in_words

OpenBusiness = Callable[[str, str, str, str | None], Awaitable[str]]
"""Database address, name, time zone and the key that was valid at the last start; returns a key that is valid now."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def up(product: Product, open_business: OpenBusiness, state_path: Path, with_demo: bool) -> int:
    """Runs until a signal (exit code 0) or until a part fails (1). Whatever happens, no process stays."""
    state = StateFolder(state_path)
    try:
        state.create()
        with state.locked():
            say(f"Slotkeeper starts; its data is in {state.path}")
            return asyncio.run(_run(System(product, state), open_business, with_demo))
    except (PartFailed, OSError) as fault:
        say(f"  FAIL  {fault}")
        return 1


async def _run(system: System, open_business: OpenBusiness, with_demo: bool) -> int:
    asked = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    system.state.remove_up_file()  # left by a run that was killed
    try:
        await _unless(asked, _start(system, open_business, with_demo))
        await _unless(asked, system.watch())
    except PartFailed as fault:
        say(f"  FAIL  {fault}")
        return 1
    else:
        return 0
    finally:
        say("Slotkeeper stops.")
        await system.stop()
        say("Everything is stopped; the data is kept.")


async def _unless(asked: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Does the work, or drops it when somebody asks to stop. Raises what the work raises."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(asked.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not working.done():
        working.cancel()
        await asyncio.wait((working,))
    if not working.cancelled():
        working.result()


async def _start(system: System, open_business: OpenBusiness, with_demo: bool) -> None:
    began = time.monotonic()
    await system.start()
    say(f"Ready after {time.monotonic() - began:.1f} s.")
    places, known = (
        system.places,
        {
            "api_url": system.places.api_url,
            "temporal_address": f"127.0.0.1:{system.places.temporal}",
            "temporal_ui_url": system.places.temporal_ui_url,
            "sandbox_url": system.places.sandbox_url,
            "database_url": system.database_url,
        },
    )
    if with_demo:
        known |= await _demo(system, open_business)
    system.state.write_up_file(known)
    say()
    say(f"  API docs          {places.api_url}/docs")
    say(f"  Temporal Web UI   {places.temporal_ui_url}/namespaces/default/workflows")
    say(f"  Outbox            {places.sandbox_url}/outbox   (what vendors and your systems got; nothing leaves this machine)")
    say(f"  For programs      {system.state.up_file}   (addresses, API key, ids)")
    say("Slotkeeper is up. Ctrl-C stops it.")


async def _demo(system: System, open_business: OpenBusiness) -> dict[str, Any]:
    secrets = system.state.secrets()
    with step("demo", f"business {BUSINESS} is opened") as told:
        key = await open_business(system.database_url, BUSINESS, TIMEZONE, secrets.get("demo_api_key"))
        system.state.keep_secrets(secrets | {"demo_api_key": key})
        demo = Demo(system.places.api_url, key)
        try:
            shop = await demo.load()
            await demo.listen(system.places.sandbox_url)
            told(f"{len(shop.services)} services, {len(shop.providers)} providers")
            await _book(demo, shop)
        finally:
            await demo.close()
    return {"api_key": key, **shop.ids()}


async def _book(demo: Demo, shop: Shop) -> None:
    """A proof that everything works together. A calendar that is full is no reason not to start."""
    try:
        _tell(await demo.book(shop))
    except NoFreeSlot:
        say("  note  no appointment was booked: the demo business is fully booked")


def _tell(made: Appointment) -> None:
    booking = made.booking
    starts_at = datetime.fromisoformat(booking["starts_at"])
    say(f"  One appointment was booked, from the API to the payment: {booking['service_name']} with {booking['provider_name']},")
    say(f"  {starts_at:%A, %d %B %Y, %H:%M} ({booking['timezone']}); it is {booking['status']}. Its timeline:")
    for entry in made.timeline:
        say(f"    {in_words(entry)}")
