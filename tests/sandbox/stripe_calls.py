"""Stripe's API as plain HTTP, to ask the stand-in what no SDK would."""

from __future__ import annotations

import httpx

from sandbox.app import Sandbox

HEADERS = {"Authorization": "Bearer sk_test_any"}
BACK = "https://salon.example/back"
Form = dict[str, str]


class StripeCalls(httpx.AsyncClient):
    """A client of one sandbox, in memory."""

    def __init__(self, sandbox: Sandbox) -> None:
        transport = httpx.ASGITransport(sandbox.http)
        super().__init__(trust_env=False, transport=transport, base_url="http://sandbox/stripe/v1", headers=HEADERS)

    async def forget(self) -> None:
        """Clears what other tests have left."""
        for path in "state", "faults":
            (await self.delete(f"http://sandbox/{path}")).raise_for_status()

    async def ask(self, path: str, form: Form | None = None, *, key: str | None = None) -> httpx.Response:
        return await self.post(path, data=form, headers={"Idempotency-Key": key} if key else {})

    async def opened(self, **more: str) -> str:
        form = {"amount": "2500", "currency": "eur", "capture_method": "manual", "metadata[booking_id]": "b1"}
        return str((await self.ask("/payment_intents", form | more)).raise_for_status().json()["id"])

    async def confirmed(self, method: str = "pm_card_visa", **more: str) -> str:
        intent_id = await self.opened(payment_method=method, **more)
        await self.ask(f"/payment_intents/{intent_id}/confirm", {"return_url": BACK})
        return intent_id

    async def captured(self) -> str:
        intent_id = await self.confirmed()
        (await self.ask(f"/payment_intents/{intent_id}/capture")).raise_for_status()
        return intent_id

    async def status(self, intent_id: str) -> str:
        return str((await self.get(f"/payment_intents/{intent_id}")).json()["status"])


def error(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    """Status, code and parameter of a no."""
    fault = answer.json()["error"]
    return answer.status_code, fault.get("code"), fault.get("param")
