"""The vendors' stand-ins as the tests meet them: the switchboard, the bank, and what was done for one booking."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.app import build_sandbox
from sandbox.faults import FOR_GOOD, Mode
from tests.journeys.servers import HOST, client_of, listening, serving

WEBHOOK_SECRET = "whsec_journeys"


@dataclass(frozen=True, slots=True)
class Effects:
    """What the vendors did for one booking. Money is in minor units; copies of one message under one id count once."""

    payments: int = 0
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    events: int = 0
    emails: int = 0
    sms: int = 0

    @property
    def kept(self) -> int:
        return self.captured - self.refunded


@dataclass(frozen=True, slots=True)
class Vendors:
    """One sandbox of its own."""

    http: httpx.AsyncClient
    smtp_port: int

    @property
    def url(self) -> str:
        return str(self.http.base_url).rstrip("/")

    async def fail(self, vendor: str, operation: str, mode: Mode, times: int = 1, seconds: float = 1.0) -> None:
        fault = {"vendor": vendor, "operation": operation, "mode": mode.value, "times": times, "seconds": seconds}
        (await self.http.post("/faults", json=fault)).raise_for_status()

    async def fail_for_good(self, vendor: str, operation: str, mode: Mode) -> None:
        await self.fail(vendor, operation, mode, FOR_GOOD)

    async def heal(self) -> None:
        (await self.http.delete("/faults")).raise_for_status()

    async def forget(self) -> None:
        """Empties the sandbox, so that looking at its state stays quick."""
        (await self.http.delete("/state")).raise_for_status()

    async def used_up(self) -> bool:
        """Whether every planned fault has struck."""
        return not (await self.http.get("/faults")).json()

    async def state(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = (await self.http.get("/state")).json()
        return found

    async def answer_bank(self, page: str, verdict: str) -> None:
        """The customer at their bank's page: `approve` or `refuse`."""
        (await self.http.get(page)).raise_for_status()
        answered = await self.http.post(f"{page}/{verdict}")  # sends the customer back to the business
        assert not answered.is_error, answered.text

    async def answer_bank_of(self, refund_id: str, verdict: str) -> None:
        """The customer's bank carries out a refund that took its time: `approve` or `refuse`."""
        (await self.http.post(f"/stripe/bank/{refund_id}/{verdict}")).raise_for_status()

    async def messages(self, booking_id: str, email: str) -> list[dict[str, Any]]:
        """What was sent to this customer about this booking."""
        reference = f"Ref {booking_id.replace('-', '')[-12:]}"
        messages = (await self.state())["messages"]
        return [one for one in messages if one["to"] == email or reference in one["text"]]

    async def effects(self, booking_id: str, email: str) -> Effects:
        state = await self.state()
        payments = [one for one in state["payments"] if one["booking_id"] == booking_id]
        events = [one for one in state["calendar_events"] if one["booking_id"] == booking_id and one["status"] == "confirmed"]
        sent = {(one["channel"], one["id"]) for one in await self.messages(booking_id, email)}
        return Effects(
            payments=len(payments),
            authorised=sum(payment["authorised"] for payment in payments),
            captured=sum(payment["captured"] for payment in payments),
            refunded=sum(payment["refunded"] for payment in payments),
            events=len(events),
            emails=sum(channel == "email" for channel, _ in sent),
            sms=sum(channel == "sms" for channel, _ in sent),
        )

    def settings(self) -> dict[str, object]:
        """All vendors chosen, at these addresses."""
        return {
            "payments": "stripe",
            "stripe_api_key": "sk_test_sandbox",
            "stripe_webhook_secret": WEBHOOK_SECRET,
            "stripe_api_base": f"{self.url}/stripe",
            "calendar": "google",
            "google_api_base": f"{self.url}/google",
            "sms": "twilio",
            "twilio_account_sid": "AC" + 32 * "0",
            "twilio_auth_token": "sandbox",
            "twilio_from": "+15005550006",
            "twilio_api_base": f"{self.url}/twilio",
            "twilio_status_callbacks": False,
            "email": "smtp",
            "smtp_host": HOST,
            "smtp_port": self.smtp_port,
            "smtp_security": "none",
            "mail_from": "bookings@slotkeeper.example",
        }


def paid(amount: int = 5000, **changed: int) -> Effects:
    """Everything that a paid and confirmed booking comes to."""
    told = Effects(payments=1, authorised=amount, captured=amount, events=1, emails=1, sms=1)
    return dataclasses.replace(told, **changed)


@asynccontextmanager
async def standing_in(webhook_url: str | None) -> AsyncIterator[Vendors]:
    """A sandbox that sends its webhooks there, if anywhere."""
    sandbox = build_sandbox(stripe_webhook_url=webhook_url, stripe_webhook_secret=WEBHOOK_SECRET)
    bound: socket.socket = listening()
    mail = await sandbox.mail.start(HOST, 0)
    try:
        async with serving(sandbox.http, bound) as url, client_of(url) as http:
            yield Vendors(http, int(mail.sockets[0].getsockname()[1]))
    finally:
        mail.close()
