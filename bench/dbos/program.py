"""The bookings on DBOS as a program: HTTP, workflows and steps in one process, of which several may share the port.

`python -m bench.dbos.program NAME` serves as the product's settings say. NAME is what DBOS knows the process by: started again
under it, the process goes on with the workflows that it left.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from typing import cast

import uvicorn
from dbos import DBOS
from fastapi import FastAPI

from api import bookings, health, messages, providers, services, slots, webhooks
from api.commands.contract import Commands
from api.errors import translate_errors
from api.middleware.auditing import Auditing
from api.middleware.body_limit import BodyLimit
from api.middleware.watching import RequestMetrics, Watching
from api.wiring import Wiring
from bench.dbos.commands import DbosCommands
from bench.dbos.messages import APPOINTMENTS
from bench.dbos.noop import NoBookings, routes_of
from bench.dbos.saga import BookingSaga
from bench.dbos.steps import build_steps
from gateways.chosen import choose
from settings import Settings, read_settings, start_log
from store.pool import open_pool
from store.sealing import deployments_vault

AREAS = (slots, bookings, services, providers, messages, webhooks, health)


async def run(settings: Settings, name: str) -> None:
    """Serves until SIGTERM or SIGINT."""
    database_url = settings.owner_url  # its steps run where nobody names their business
    gateways = choose(settings)
    pool = await open_pool(database_url, settings.database_pool_size, deployments_vault(settings))
    try:
        DBOS(config={"name": "slotkeeper", "system_database_url": database_url, "executor_id": name, "log_level": "WARNING"})
        saga, noop = BookingSaga(build_steps(settings, pool, gateways)), NoBookings()
        DBOS.launch()
        await DBOS.register_queue_async(APPOINTMENTS)
        # The routes that are served ask for nothing else.
        commands = cast(Commands, DbosCommands(saga, settings))
        app = _app(settings, Wiring(settings, pool, pool, commands, gateways.payments, sms=gateways.sms), noop)
        await _serve(app, settings)
    finally:
        DBOS.destroy()
        await pool.close()


def _app(settings: Settings, wiring: Wiring, noop: NoBookings) -> FastAPI:
    """The product's own routes, as far as this comparison goes, behind the product's middleware."""
    app = FastAPI(docs_url=None, redoc_url=None)
    app.state.metrics, app.state.wiring = RequestMetrics(), wiring
    for area in AREAS:
        app.include_router(area.routes)
    app.include_router(routes_of(noop))
    translate_errors(app)
    app.add_middleware(Auditing)
    app.add_middleware(BodyLimit, most=settings.api_request_bytes)
    app.add_middleware(Watching, metrics=app.state.metrics)

    @app.get("/name")
    async def name() -> str:
        """Which of the processes that share the port this is."""
        return DBOS.executor_id

    return app


async def _serve(app: FastAPI, settings: Settings) -> None:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((settings.api_host, settings.api_port))
    config = uvicorn.Config(app, access_log=False, log_config=None, server_header=False, timeout_graceful_shutdown=2)
    await uvicorn.Server(config).serve([listening])


def main() -> None:
    settings = read_settings()
    start_log(settings.log_level)
    logging.getLogger("dbos").setLevel(logging.WARNING)
    asyncio.run(run(settings, sys.argv[1]))


if __name__ == "__main__":
    main()
