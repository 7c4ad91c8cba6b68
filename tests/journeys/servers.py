"""Serves the product's and the sandbox's HTTP from the tests' own event loop, on ports that nobody else has."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from tests.waiting import until

HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves the signals to pytest."""
        yield


def listening() -> socket.socket:
    """A socket on a port of its own, bound before anybody has to know its address."""
    bound = socket.socket()
    bound.bind((HOST, 0))
    return bound


def url_of(bound: socket.socket) -> str:
    return f"http://{HOST}:{bound.getsockname()[1]}"


def client_of(url: str) -> httpx.AsyncClient:
    """A client for plain HTTP; reading the machine's certificates would cost each of many 40 ms."""
    untrusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unlimited = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(base_url=url, trust_env=False, verify=untrusting, timeout=60, limits=unlimited)


@asynccontextmanager
async def serving(app: FastAPI, bound: socket.socket) -> AsyncIterator[str]:
    """Serves until the end of the block, then ends what is still under way, as a restart would; gives the address."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="critical",
        timeout_keep_alive=600,  # otherwise a client may use a connection that is just being closed
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    url = url_of(bound)
    task = asyncio.create_task(server.serve([bound]))
    try:
        await until(lambda: server.started or task.done())
        if task.done():
            task.result()
        yield url
    finally:
        server.should_exit = True
        await task
