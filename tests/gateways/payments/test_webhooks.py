"""News from Stripe: only what it signed, only lately, only of our own payments."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
import stripe
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.payments import BadSignature, PaymentNews
from gateways.payments.stripe import StripePayments
from sandbox.app import build_sandbox
from tests.gateways.payments.conftest import Peers
from tests.gateways.payments.peers import API_KEY, WEBHOOK_SECRET, Card, Peer, SandboxPeer
from tests.gateways.payments.stages import PRICE, authorise
from tests.sandbox.serving import serving
from tests.waiting import until

GATEWAY = StripePayments(API_KEY, WEBHOOK_SECRET)
BUSINESS, BOOKING = uuid4(), uuid4()


@dataclass(slots=True)
class Letterbox:
    """ASGI: the endpoint that a vendor sends its news to; keeps them as they came."""

    letters: list[tuple[bytes, str]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.letters.append((await request.body(), request.headers["stripe-signature"]))
        await Response()(scope, receive, send)

    def news(self, payment_id: str) -> list[PaymentNews]:
        """What the gateway makes of the letters about one payment."""
        read = [GATEWAY.read_webhook(body, signature) for body, signature in self.letters]
        return [news for news in read if news is not None and news.payment_id == payment_id]


@pytest.fixture(scope="module")
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture(scope="module")
def letterbox_url(letterbox: Letterbox) -> Iterator[str]:
    with serving(letterbox) as url:
        yield url


@pytest.fixture(scope="module")
def telling_sandbox(letterbox_url: str) -> Iterator[SandboxPeer]:
    with serving(build_sandbox(stripe_webhook_url=letterbox_url, stripe_webhook_secret=WEBHOOK_SECRET).http) as url:
        yield SandboxPeer(url)


@pytest.fixture(params=["sandbox", "localstripe"])
async def telling(
    request: pytest.FixtureRequest, peers: Peers, telling_sandbox: SandboxPeer, letterbox_url: str
) -> AsyncIterator[Peer]:
    """A stand-in that sends its news to the letterbox."""
    if request.param == "sandbox":
        yield telling_sandbox
        return
    localstripe = peers.named("localstripe")
    form = {"url": letterbox_url, "secret": WEBHOOK_SECRET}
    (await localstripe.http.post(f"{localstripe.api_base}/_config/webhooks/contract", data=form)).raise_for_status()
    yield localstripe


async def test_what_a_stand_in_signs_is_read_as_news_of_the_booking(telling: Peer, letterbox: Letterbox) -> None:
    business_id, booking_id = uuid4(), uuid4()
    payment = await telling.gateway.create(business_id, booking_id, PRICE, key=uuid4().hex)
    await authorise(telling, payment, Card.GOOD)
    await telling.gateway.capture(payment.id, key=uuid4().hex)
    await until(lambda: "payment_intent.succeeded" in {news.kind for news in letterbox.news(payment.id)})
    assert {(business_id, booking_id)} == {(news.business_id, news.booking_id) for news in letterbox.news(payment.id)}


async def test_each_thing_that_happens_at_the_sandbox_is_told_once(telling_sandbox: SandboxPeer, letterbox: Letterbox) -> None:
    payment = await telling_sandbox.gateway.create(BUSINESS, BOOKING, PRICE, key=uuid4().hex)
    await authorise(telling_sandbox, payment, Card.DECLINED)
    asked = await authorise(telling_sandbox, payment, Card.ASKS_THE_CUSTOMER)
    await telling_sandbox.customer_answers(asked, approve=True)
    await telling_sandbox.gateway.void_or_refund(payment.id, key=uuid4().hex)
    kinds = ["payment_failed", "requires_action", "amount_capturable_updated", "canceled"]
    await until(lambda: len(letterbox.news(payment.id)) >= len(kinds))
    heard = letterbox.news(payment.id)
    assert {f"payment_intent.{kind}" for kind in kinds} == {news.kind for news in heard}
    assert len(kinds) == len({news.event_id for news in heard}) == len(heard)


def event(**changes: Any) -> dict[str, Any]:
    metadata = {"business_id": str(BUSINESS), "booking_id": str(BOOKING)}
    intent = {"id": "pi_1", "object": "payment_intent", "metadata": metadata} | changes.pop("intent", {})
    return {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "data": {"object": intent}} | changes


def signed(body: str, *, age: int = 0, secret: str = WEBHOOK_SECRET) -> str:
    """As Stripe's own SDK signs."""
    header: str = stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time()) - age)
    return header


def read(event: dict[str, Any]) -> PaymentNews | None:
    body = json.dumps(event)
    return GATEWAY.read_webhook(body.encode(), signed(body))


def test_news_carry_the_event_the_booking_and_the_payment() -> None:
    assert PaymentNews("evt_1", "payment_intent.succeeded", BOOKING, BUSINESS, "pi_1") == read(event())


def test_a_signature_of_almost_five_minutes_is_accepted() -> None:
    body = json.dumps(event())
    assert GATEWAY.read_webhook(body.encode(), signed(body, age=290)) is not None


def test_one_right_signature_of_two_is_enough_while_a_secret_is_changed() -> None:
    body = json.dumps(event())
    both = f"{signed(body, secret='whsec_other')},{signed(body).split(',')[1]}"
    assert GATEWAY.read_webhook(body.encode(), both) is not None


BODY = json.dumps(event())
FORGED = {
    "an old one": signed(BODY, age=310),
    "one by another secret": signed(BODY, secret="whsec_other"),
    "one of another body": signed(BODY + " "),
    "none": "",
    "nonsense": "nonsense",
    "no time": signed(BODY).split(",")[1],
    "a time that is none": f"t=soon,{signed(BODY).split(',')[1]}",
    "another time": f"t={int(time.time()) + 1},{signed(BODY).split(',')[1]}",
    "another scheme": signed(BODY).replace("v1=", "v0="),
    "letters beyond ASCII": f"t={int(time.time())},v1=é",
}


@pytest.mark.parametrize("signature", FORGED.values(), ids=FORGED.keys())
def test_a_signature_that_does_not_fit_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        GATEWAY.read_webhook(BODY.encode(), signature)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"1", b'{"object": "v2.core.event"}', b"{}"])
def test_a_body_that_is_no_event_is_refused_even_if_signed(body: bytes) -> None:
    with pytest.raises(BadSignature):
        GATEWAY.read_webhook(body, signed(body.decode(errors="replace")))


FOREIGN: dict[str, dict[str, Any]] = {
    "another kind": event(type="refund.created"),
    "no metadata": event(intent={"metadata": None}),
    "somebody else's metadata": event(intent={"metadata": {"order": "7"}}),
    "a booking that is no id": event(intent={"metadata": {"booking_id": "seven", "business_id": str(BUSINESS)}}),
}


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN.keys())
def test_events_that_do_not_concern_us_are_no_news(foreign: dict[str, Any]) -> None:
    assert read(foreign) is None


async def test_a_refund_is_news_when_the_bank_has_made_it(telling_sandbox: SandboxPeer, letterbox: Letterbox) -> None:
    payment = await telling_sandbox.gateway.create(BUSINESS, BOOKING, PRICE, key=uuid4().hex)
    await authorise(telling_sandbox, payment, Card.SLOW_BANK_DEBIT)
    await telling_sandbox.bank_answers(payment.id)
    refund = await telling_sandbox.gateway.refund(payment.id, PRICE, key=uuid4().hex)
    await telling_sandbox.bank_answers(refund.id)
    await until(lambda: "refund.updated" in {news.kind for news in letterbox.news(payment.id)})
    assert {(BUSINESS, BOOKING)} == {(news.business_id, news.booking_id) for news in letterbox.news(payment.id)}


async def test_a_refund_that_is_only_made_is_no_news(telling_sandbox: SandboxPeer, letterbox: Letterbox) -> None:
    payment = await telling_sandbox.gateway.create(BUSINESS, UUID(int=7), PRICE, key=uuid4().hex)
    await authorise(telling_sandbox, payment, Card.BANK_DEBIT)
    await telling_sandbox.gateway.void_or_refund(payment.id, key=uuid4().hex)
    await until(lambda: any(b'"refund.created"' in body and payment.id.encode() in body for body, _ in letterbox.letters))
    assert ["payment_intent.succeeded"] == [news.kind for news in letterbox.news(payment.id)]
