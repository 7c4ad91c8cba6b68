"""Signed webhooks, delivered in the background and retried a few times.

https://docs.stripe.com/webhooks#verify-manually
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import secrets
import time
from functools import cached_property

import httpx

from sandbox.faults import Faults, Mode
from sandbox.state import Row

log = logging.getLogger("slotkeeper.sandbox")

RETRY_AFTER = (0.0, 1.0, 5.0, 15.0, 60.0)


def sign(body: bytes, secret: str, at: int) -> str:
    """The Stripe-Signature header."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Webhooks:
    """Sends to one endpoint; without one, or with a fault planned for "webhook", nothing arrives."""

    def __init__(self, faults: Faults, url: str | None, secret: str | None) -> None:
        self._faults = faults
        self._url = url
        self._secret = secret or ""
        self._sending: set[asyncio.Task[None]] = set()

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=10, trust_env=False)  # the endpoint is near, whatever proxy leads elsewhere

    def send(self, kind: str, thing: Row) -> None:
        fault = self._faults.take("stripe", "webhook", json.dumps(thing))
        copies = {None: 1, Mode.DUPLICATE: 2, Mode.SLOW: 1}.get(fault.mode if fault else None, 0)
        if self._url is None or copies == 0:
            return
        event = {
            "id": f"evt_sandbox_{secrets.token_hex(8)}",
            "object": "event",
            "type": kind,
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": thing},
        }
        wait = fault.seconds if fault and fault.mode is Mode.SLOW else 0.0
        for _ in range(copies):
            task = asyncio.create_task(self._deliver(self._url, json.dumps(event).encode(), wait))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _deliver(self, url: str, body: bytes, wait: float) -> None:
        await asyncio.sleep(wait)
        for pause in RETRY_AFTER:
            await asyncio.sleep(pause)
            signature = sign(body, self._secret, int(time.time()))
            headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
            try:
                answer = await self._client.post(url, content=body, headers=headers)
            except httpx.TransportError:
                continue
            if answer.is_success:
                return
        log.warning("webhook not delivered")
