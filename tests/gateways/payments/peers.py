"""The two stand-ins that the Stripe gateway must get along with: our sandbox, and the independent localstripe."""

from __future__ import annotations

import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum, auto
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from domain.payments import Payment
from gateways.payments.stripe import StripePayments
from sandbox.app import build_sandbox
from tests.sandbox.serving import listening, serving

API_KEY = "sk_test_contract"
WEBHOOK_SECRET = "whsec_contract"

# What localstripe does not model. The tests that need it are expected to fail there, so that one day it is noticed if they pass.
LOCALSTRIPE_LACKS = {
    "idempotency keys": "it ignores the header: the same request under the same key is a second payment",
    "another card after a decline": "a PaymentIntent whose charge failed can never be confirmed again",
    "another card while the bank waits": "a new method does not end the required action, and confirming is refused",
    "errors that name the parameter": "its 404 has no code and no param, so an unknown card looks like any other fault",
    "banks that take their time": "a SEPA debit is paid before it is asked for",
    "a page to send the customer to": "its next action is use_stripe_sdk, and confirming with a return_url is refused",
}


class Card(StrEnum):
    GOOD = auto()
    OTHER = auto()
    DECLINED = auto()
    ASKS_THE_CUSTOMER = auto()
    BANK_DEBIT = auto()  # cannot be reserved first: taken at once
    SLOW_BANK_DEBIT = auto()  # the same, but the bank takes its time


@dataclass(frozen=True, slots=True)
class Effects:
    """What the vendor counts for one payment, whatever it told us. Minor units."""

    authorised: int = 0
    captured: int = 0
    refunded: int = 0


class Peer(ABC):
    """A stand-in that runs, and the hands of its customers and banks."""

    decline_code: ClassVar[str]

    def __init__(self, api_base: str, return_url: str) -> None:
        self.api_base = api_base
        self.return_url = return_url
        self.gateway = StripePayments(API_KEY, WEBHOOK_SECRET, api_base=api_base)
        self.http = httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {API_KEY}"})

    @abstractmethod
    async def card(self, card: Card) -> str:
        """The id of a payment method that behaves so."""

    @abstractmethod
    async def effects(self, payment_id: str) -> Effects: ...

    @abstractmethod
    async def customer_answers(self, payment: Payment, *, approve: bool) -> None: ...

    @abstractmethod
    async def bank_answers(self, thing_id: str) -> None:
        """The bank carries out a payment or a refund that took its time."""


class SandboxPeer(Peer):
    decline_code = "generic_decline"

    def __init__(self, url: str) -> None:
        super().__init__(f"{url}/stripe", "https://salon.example/back?from=bank")
        self.url = url

    async def plan(self, operation: str, mode: str, *, times: int = 1, seconds: float = 0.2) -> None:
        """A fault of Stripe's, on the sandbox's switchboard."""
        fault = {"vendor": "stripe", "operation": operation, "mode": mode, "times": times, "seconds": seconds}
        (await self.http.post(f"{self.url}/faults", json=fault)).raise_for_status()

    async def left(self) -> int:
        """How many planned faults have not come yet."""
        return len((await self.http.get(f"{self.url}/faults")).json())

    async def state(self) -> list[dict[str, Any]]:
        payments: list[dict[str, Any]] = (await self.http.get(f"{self.url}/state")).raise_for_status().json()["payments"]
        return payments

    async def card(self, card: Card) -> str:
        return {
            Card.GOOD: "pm_card_visa",
            Card.OTHER: "pm_card_mastercard",
            Card.DECLINED: "pm_card_chargeDeclined",
            Card.ASKS_THE_CUSTOMER: "pm_card_authenticationRequired",
            Card.BANK_DEBIT: "pm_sandbox_sepa",
            Card.SLOW_BANK_DEBIT: "pm_sandbox_slow_bank",
        }[card]

    async def effects(self, payment_id: str) -> Effects:
        (row,) = (row for row in await self.state() if row["id"] == payment_id)
        return Effects(row["authorised"], row["captured"], row["refunded"])

    async def customer_answers(self, payment: Payment, *, approve: bool) -> None:
        assert payment.next_action is not None and payment.next_action.url is not None
        answer = await self.http.post(f"{payment.next_action.url}/{'approve' if approve else 'refuse'}")
        assert 303 == answer.status_code

    async def bank_answers(self, thing_id: str) -> None:
        (await self.http.post(f"{self.api_base}/bank/{thing_id}/approve")).raise_for_status()


class LocalStripePeer(Peer):
    """Its payment methods are made from numbers. https://docs.stripe.com/testing"""

    decline_code = "card_declined"

    def __init__(self, url: str) -> None:
        super().__init__(url, "")

    async def card(self, card: Card) -> str:
        if card in (Card.BANK_DEBIT, Card.SLOW_BANK_DEBIT):
            return await self._make({"type": "sepa_debit", "sepa_debit[iban]": "DE89370400440532013000"})
        numbers = {
            Card.GOOD: "4242424242424242",
            Card.OTHER: "5555555555554444",
            Card.DECLINED: "4000000000000341",
            Card.ASKS_THE_CUSTOMER: "4000002500003155",
        }
        details = {"number": numbers[card], "exp_month": "12", "exp_year": "2040", "cvc": "123"}
        return await self._make({"type": "card", **{f"card[{name}]": value for name, value in details.items()}})

    async def effects(self, payment_id: str) -> Effects:
        charges = [charge for charge in await self._list("charges", limit="100") if charge["payment_intent"] == payment_id]
        paid = [charge for charge in charges if charge["status"] == "succeeded"]
        is_released = (await self.gateway.look(payment_id)).state == "cancelled"
        return Effects(
            0 if is_released else sum(int(charge["amount"]) for charge in paid),
            sum(int(charge["amount"]) for charge in paid if charge["captured"]),
            sum(int(charge["amount_refunded"]) for charge in paid),
        )

    async def customer_answers(self, payment: Payment, *, approve: bool) -> None:
        assert payment.next_action is not None
        form = {"client_secret": payment.next_action.client_secret, "success": str(approve).lower()}
        url = f"{self.api_base}/v1/payment_intents/{payment.id}/_authenticate"
        (await self.http.post(url, data=form)).raise_for_status()

    async def bank_answers(self, thing_id: str) -> None:
        raise NotImplementedError(LOCALSTRIPE_LACKS["banks that take their time"])

    async def _make(self, form: dict[str, str]) -> str:
        made = (await self.http.post(f"{self.api_base}/v1/payment_methods", data=form)).raise_for_status()
        return str(made.json()["id"])

    async def _list(self, noun: str, **query: str) -> list[dict[str, str]]:
        answer = (await self.http.get(f"{self.api_base}/v1/{noun}", params=query)).raise_for_status()
        found: list[dict[str, str]] = answer.json()["data"]
        return found


@contextmanager
def sandbox_running() -> Iterator[SandboxPeer]:
    with serving(build_sandbox().http) as url:
        yield SandboxPeer(url)


@contextmanager
def localstripe_running() -> Iterator[LocalStripePeer]:
    program = Path(__file__).with_name("localstripe_server.py")
    with listening() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen([sys.executable, program, str(listener.fileno())], pass_fds=[listener.fileno()])
    try:
        yield LocalStripePeer(url)
    finally:
        process.terminate()
        process.wait()


RUNNING = {"sandbox": sandbox_running, "localstripe": localstripe_running}

both_peers = pytest.mark.parametrize("peer", ["sandbox", "localstripe"], indirect=True)


def both_peers_but(lack: str) -> pytest.MarkDecorator:
    """For a test that needs what localstripe lacks."""
    fails = pytest.mark.xfail(reason=f"localstripe: {LOCALSTRIPE_LACKS[lack]}", strict=True)
    return pytest.mark.parametrize("peer", ["sandbox", pytest.param("localstripe", marks=fails)], indirect=True)
