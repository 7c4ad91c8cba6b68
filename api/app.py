"""The HTTP program: wires store, Temporal and payments into the application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
from fastapi import FastAPI

from api.application import build_app
from api.collecting import look_less_often
from api.commands.through_temporal import TemporalCommands
from api.middleware.draining import Draining
from api.wiring import Wiring
from domain.gateways import Gateways
from gateways import chosen
from settings import BadSettings, Settings, read_settings, start_log
from store.logins import Part, WrongLogin, check_login
from store.pool import open_pool, open_tenant_pool
from store.sealing import deployments_vault
from store.vendor_accounts import StoredAccounts
from temporal.client import connect

DOORKEEPERS = 4
"""Connections for finding out who somebody is; each call with an access token asks once."""


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
    door_url = settings.door_url
    async with AsyncExitStack() as stack:
        vault = deployments_vault(settings)
        pool = await open_tenant_pool(settings.tenant_url, settings.database_pool_size, vault)
        stack.push_async_callback(pool.close)
        door = await open_pool(door_url, min(DOORKEEPERS, settings.database_pool_size))
        stack.push_async_callback(door.close)
        await _check_login(pool, Part.TENANT, "SLOTKEEPER_DATABASE_URL")
        await _check_login(door, Part.DOORKEEPER, "SLOTKEEPER_DATABASE_DOOR_URL")
        client = await connect(settings)
        read = Gateways(chosen.payments(settings), None, None, chosen.sms(settings))
        own = chosen.with_own(settings, read, StoredAccounts(pool))
        commands = TemporalCommands(client, settings)
        yield Wiring(settings, pool, door, commands, read.payments, sms=read.sms, sso=chosen.sso(settings), own=own)


async def _check_login(pool: asyncpg.Pool, part: Part, name: str) -> None:
    try:
        await check_login(pool, part)
    except WrongLogin as wrong:
        raise BadSettings(f"{name}: {wrong}") from wrong
