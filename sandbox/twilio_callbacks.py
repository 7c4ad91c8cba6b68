"""What Twilio says of a message later on: posted in the background to the address that came with the message, and signed.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from functools import cached_property

import httpx

from sandbox.faults import Faults, Mode
from sandbox.state import Row

log = logging.getLogger("slotkeeper.sandbox")

UNREACHABLE = "30003"  # https://www.twilio.com/docs/api/errors/30003


def sign(url: str, form: Mapping[str, str], token: str) -> str:
    """The X-Twilio-Signature header: https://www.twilio.com/docs/usage/webhooks/webhooks-security"""
    said = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


class Callbacks:
    """Tells of each message that it was sent and then delivered.

    With "deliver" declined on the switchboard it is not delivered; with any fault planned for "callback" nothing arrives, but
    with `duplicate` each news arrives twice.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._telling: set[asyncio.Task[None]] = set()

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=10, trust_env=False)

    def tell(self, message: Row, url: str, token: str, changed: Callable[[str], None]) -> None:
        """Begins to; `changed` is told each status first."""
        task = asyncio.create_task(self._tell(message, url, token, changed))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, message: Row, url: str, token: str, changed: Callable[[str], None]) -> None:
        fault = self._faults.take("twilio", "deliver", message["to"])
        fails = fault is not None and fault.mode is Mode.DECLINE
        for status in ("sent", "undelivered" if fails else "delivered"):
            changed(status)
            form = {"MessageSid": message["sid"], "MessageStatus": status, "To": message["to"], "From": message["from"]}
            if status == "undelivered":
                form["ErrorCode"] = UNREACHABLE
            await self._post(url, form, token)

    async def _post(self, url: str, form: dict[str, str], token: str) -> None:
        fault = self._faults.take("twilio", "callback", form["To"])
        for _ in range({None: 1, Mode.DUPLICATE: 2}.get(fault.mode if fault else None, 0)):
            try:
                await self._client.post(url, data=form, headers={"X-Twilio-Signature": sign(url, form, token)})
            except httpx.TransportError:
                log.warning("status callback not delivered")
