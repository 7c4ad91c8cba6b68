"""What the gateway sends is described by Stripe: by the typed parameters that its SDK carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
import stripe
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.money import Money
from sandbox.app import build_sandbox
from tests.gateways.payments.peers import Card, SandboxPeer
from tests.gateways.payments.stages import authorise, authorised, captured, opened
from tests.sandbox.serving import serving

P = stripe.params
DESCRIBED: dict[tuple[str, str], type] = {
    ("POST", "/v1/customers"): P.CustomerCreateParams,
    ("POST", "/v1/payment_intents"): P.PaymentIntentCreateParams,
    ("GET", "/v1/payment_intents"): P.PaymentIntentListParams,
    ("GET", "/v1/payment_intents/*"): P.PaymentIntentRetrieveParams,
    ("POST", "/v1/payment_intents/*"): P.PaymentIntentUpdateParams,
    ("POST", "/v1/payment_intents/*/confirm"): P.PaymentIntentConfirmParams,
    ("POST", "/v1/payment_intents/*/capture"): P.PaymentIntentCaptureParams,
    ("POST", "/v1/payment_intents/*/cancel"): P.PaymentIntentCancelParams,
    ("GET", "/v1/payment_methods/*"): P.PaymentMethodRetrieveParams,
    ("POST", "/v1/refunds"): P.RefundCreateParams,
    ("GET", "/v1/refunds"): P.RefundListParams,
}


@dataclass(slots=True)
class Recorder:
    """ASGI: notes which names each call sends and under which key, then lets it pass."""

    app: ASGIApp
    seen: list[tuple[str, str, set[str], str | None]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "/v1/" not in scope["path"]:
            await self.app(scope, receive, send)
            return
        message = await receive()
        assert not message.get("more_body"), "the SDK's requests fit into one piece"

        async def again() -> Message:
            return message

        query, form = scope["query_string"].decode(), message["body"].decode()
        names = {name.partition("[")[0] for name, _ in parse_qsl(f"{query}&{form}", keep_blank_values=True)}
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        path = re.sub(r"/(pi|pm)_\w+", "/*", scope["path"].removeprefix("/stripe"))
        self.seen.append((scope["method"], path, names, headers.get("idempotency-key")))
        await self.app(scope, again, send)


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    return Recorder(build_sandbox().http)


@pytest.fixture(scope="module")
def recorded(recorder: Recorder) -> Iterator[SandboxPeer]:
    with serving(recorder) as url:
        yield SandboxPeer(url)


@pytest.fixture(autouse=True)
async def everything_the_gateway_asks(recorder: Recorder, recorded: SandboxPeer) -> None:
    recorder.seen.clear()
    await authorise(recorded, await authorise(recorded, await opened(recorded), Card.DECLINED), Card.ASKS_THE_CUSTOMER)
    for payment in await captured(recorded), await authorised(recorded):
        await recorded.gateway.void_or_refund(payment.id, key=uuid4().hex)
    saved = await recorded.gateway.authorise(
        (await opened(recorded)).id, "pm_sandbox_sepa", return_url="https://salon.example", key=uuid4().hex, save=True
    )
    await recorded.gateway.refund(saved.id, Money(100, "EUR"), key=uuid4().hex)
    await recorded.gateway.charge_saved(saved.id, Money(100, "EUR"), key=uuid4().hex)


def test_every_call_is_described(recorder: Recorder) -> None:
    assert DESCRIBED.keys() == {(method, path) for method, path, _, _ in recorder.seen}


def test_every_parameter_is_described_and_none_is_missing(recorder: Recorder) -> None:
    for method, path, names, _ in recorder.seen:
        described = DESCRIBED[method, path]
        known = described.__required_keys__ | described.__optional_keys__  # type: ignore[attr-defined] # TypedDicts have them
        needed = described.__required_keys__  # type: ignore[attr-defined]
        assert set() == names - (known - stripe.RequestOptions.__annotations__.keys()), f"{method} {path}"
        assert set() == needed - names, f"{method} {path}"


def test_every_call_that_changes_something_carries_a_key_of_its_own(recorder: Recorder) -> None:
    """Stripe refuses a key that was first used at another endpoint."""
    places: dict[str, set[str]] = {}
    for method, path, _, key in recorder.seen:
        assert (method == "POST") == (key is not None), f"{method} {path}"
        if key is not None:
            places.setdefault(key, set()).add(path)
    assert all(len(paths) == 1 for paths in places.values()), places
