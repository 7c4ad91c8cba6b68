"""The HTTP program: wires store, Temporal and payments into the application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.application import build_app
from api.collecting import look_less_often
from api.commands.through_temporal import TemporalCommands
from api.draining import Draining
from api.wiring import Wiring
from gateways import chosen
from settings import Settings, read_settings, start_log
from store.pool import open_pool
from temporal.client import connect


def create_app(settings: Settings) -> FastAPI:
    """The app as it is served; it connects when it starts and closes everything when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        draining: Draining = app.state.draining
        async with _wired(settings) as app.state.wiring:
            look_less_often()
            with draining.on_sigterm(settings.api_drain_seconds):
                yield

    return build_app(settings, lifespan=lifespan)


def configured_app() -> FastAPI:
    """The app as the environment configures it; each of several processes makes its own."""
    settings = read_settings()
    start_log(settings.log_level)
    return create_app(settings)


async def check_start(settings: Settings) -> None:
    """Raises what would keep the app from starting, DoesNotAnswer or BadSettings, before a server wraps it up."""
    async with _wired(settings):
        pass


@asynccontextmanager
async def _wired(settings: Settings) -> AsyncIterator[Wiring]:
    pool = await open_pool(settings.database_url.get_secret_value(), settings.database_pool_size)
    try:
        client = await connect(settings)
        yield Wiring(settings, pool, TemporalCommands(client, settings), chosen.payments(settings), sms=chosen.sms(settings))
    finally:
        await pool.close()
