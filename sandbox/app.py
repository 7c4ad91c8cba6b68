"""All stand-ins in one program. It starts only when it is asked for by name, on this machine alone."""

from __future__ import annotations

import asyncio
import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import google, receiver, stripe, twilio
from sandbox.faults import Faults, FaultyVendor
from sandbox.google import GoogleSandbox
from sandbox.mail import MailSandbox
from sandbox.outbox import page
from sandbox.receiver import ReceiverSandbox
from sandbox.state import State
from sandbox.stripe import StripeSandbox
from sandbox.stripe_webhooks import Webhooks
from sandbox.twilio import TwilioSandbox

MARK = {"x-slotkeeper-sandbox": "true"}


class NotLocal(Exception):
    """The sandbox was asked to listen where others could take it for the real thing."""


@dataclass(slots=True)
class Marked:
    """ASGI: every answer says that it is the sandbox's."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                mark = [(name.encode(), value.encode()) for name, value in MARK.items()]
                message = {**message, "headers": [*message["headers"], *mark]}
            await send(message)

        await self.app(scope, receive, marked)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The HTTP side and the mail side."""

    http: FastAPI
    mail: MailSandbox


def build_sandbox(
    state_file: Path | None = None, *, stripe_webhook_url: str | None = None, stripe_webhook_secret: str | None = None
) -> Sandbox:
    """Wires the stand-ins: /stripe, /google, /twilio and /receiver behind the switchboard, `GET /state`, and the outbox page."""
    state, faults = State(state_file), Faults()
    payments = StripeSandbox(state, Webhooks(faults, stripe_webhook_url, stripe_webhook_secret))
    calendars, texts, mail = GoogleSandbox(state), TwilioSandbox(state, faults), MailSandbox(state, faults)
    receivers = ReceiverSandbox(state)
    app = FastAPI(title="Slotkeeper sandbox", description="Stand-ins for vendors. Nothing here is real.")
    app.include_router(faults.routes())
    app.mount("/stripe", FaultyVendor(payments.app(), "stripe", stripe.operation_of, faults, payments.about))
    app.mount("/google", FaultyVendor(calendars.app(), "google", google.operation_of, faults))
    app.mount("/twilio", FaultyVendor(texts.app(), "twilio", twilio.operation_of, faults))
    app.mount("/receiver", FaultyVendor(receivers.app(), "receiver", receiver.operation_of, faults))

    @app.get("/state")
    async def show_state() -> dict[str, Any]:
        return {
            "payments": payments.payments(),
            "calendar_events": calendars.calendar_events(),
            "messages": [*mail.messages(), *texts.messages()],
            "webhooks": receivers.webhooks(),
        }

    @app.delete("/state", status_code=204)
    async def clear_state() -> None:
        state.clear(receiver.SECRETS)  # whoever sends would not tell them again

    @app.get("/outbox", response_class=HTMLResponse)
    async def outbox() -> str:
        messages = [*mail.messages(), *texts.messages()]
        return page(payments.payments(), calendars.calendar_events(), messages, receivers.webhooks())

    app.add_middleware(Marked)
    app.add_exception_handler(Exception, _crashed)  # answered outside of all middleware
    return Sandbox(app, mail)


async def _crashed(_: Request, fault: Exception) -> JSONResponse:
    return JSONResponse({"error": {"message": f"the sandbox failed: {type(fault).__name__}"}}, 500, MARK)


def check_local(host: str) -> None:
    """Raises NotLocal for any address that others can reach, and for names, since they may come to mean any address."""
    with suppress(ValueError):
        if host == "localhost" or ipaddress.ip_address(host).is_loopback:
            return
    raise NotLocal(f"the sandbox listens on this machine only (127.0.0.1, ::1 or localhost), not on {host}")


def serve(
    host: str, http_port: int, smtp_port: int, state_file: Path | None, stripe_webhook_url: str | None, stripe_webhook_secret: str
) -> None:
    """Runs until SIGTERM or SIGINT. Raises NotLocal, and SystemExit where a port is not to be had."""
    check_local(host)
    sandbox = build_sandbox(state_file, stripe_webhook_url=stripe_webhook_url, stripe_webhook_secret=stripe_webhook_secret)
    with suppress(KeyboardInterrupt):  # uvicorn sends it on when it has stopped
        asyncio.run(_serve(sandbox, host, http_port, smtp_port))


async def _serve(sandbox: Sandbox, host: str, http_port: int, smtp_port: int) -> None:
    try:
        smtp = await sandbox.mail.start(host, smtp_port)
    except OSError as fault:
        raise SystemExit(f"the sandbox cannot take mail: {fault}") from None
    config = uvicorn.Config(sandbox.http, host=host, port=http_port, access_log=False, log_level="warning")
    try:
        await uvicorn.Server(config).serve()
    finally:
        smtp.close()
