"""The vendors' stand-ins, served to the activities' own gateways, and what came of it there."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from domain.gateways import Gateways
from embedded.places import Places
from embedded.ports import HOST, free_port
from gateways.chosen import choose
from sandbox.app import build_sandbox
from settings import Settings
from tests.waiting import until

SECRETS = {
    "token_secret": "t" * 32,
    "payload_key": "c2xvdGtlZXBlci10ZXN0cy1vbmx5LTMyLWJ5dGVzISE=",
    "stripe_webhook_secret": "whsec",
}


@dataclass(frozen=True, slots=True)
class Left:
    """What the vendors are left with. A payment is (state, captured, refunded); a message or webhook is counted by its id."""

    payments: tuple[tuple[str, int, int], ...] = ()
    events: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vendors:
    """The gateways of the product, and the switchboard and state behind them."""

    settings: Settings
    gateways: Gateways
    switchboard: httpx.AsyncClient

    async def fail(self, vendor: str, operation: str, mode: str, times: int = 1) -> None:
        fault = {"vendor": vendor, "operation": operation, "mode": mode, "times": times}
        (await self.switchboard.post("/faults", json=fault)).raise_for_status()

    async def reset(self) -> None:
        await self.switchboard.delete("/faults")
        await self.switchboard.delete("/state")

    async def state(self) -> dict[str, Any]:
        state: dict[str, Any] = (await self.switchboard.get("/state")).json()
        return state

    async def left(self) -> Left:
        state = await self.state()
        return Left(
            tuple((payment["state"], payment["captured"], payment["refunded"]) for payment in state["payments"]),
            tuple(event["status"] for event in state["calendar_events"]),
            tuple(sorted({message["id"]: message["channel"] for message in state["messages"]}.values())),
            tuple(sorted({webhook["id"]: webhook["type"] for webhook in state["webhooks"] if webhook["verified"]}.values())),
        )


class _Server(uvicorn.Server):
    """A guest in somebody's loop: signals are theirs."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served() -> AsyncIterator[Vendors]:
    """Runs the stand-ins in this loop, for the gateways that the product's own settings choose."""
    sandbox = build_sandbox()
    # Said to be TCP, or else asyncio leaves Nagle's delay of 40 ms on each answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind((HOST, 0))
        places = Places(api=0, temporal=0, temporal_ui=0, sandbox=listening.getsockname()[1], smtp=free_port())
        smtp = await sandbox.mail.start(HOST, places.smtp)
        server = _Server(uvicorn.Config(sandbox.http, log_level="critical", access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        chosen = places.settings(SECRETS, "postgresql://unused") | {"twilio_status_callbacks": False}
        settings = Settings.model_validate(chosen)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.http), base_url="http://sandbox") as switchboard:
            yield Vendors(settings, choose(settings), switchboard)
        server.should_exit = True
        await serving
        smtp.close()
