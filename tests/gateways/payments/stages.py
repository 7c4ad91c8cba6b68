"""Payments brought to the stage that a test starts from, and what a vendor has then done."""

from __future__ import annotations

from uuid import uuid4

from domain.money import Money
from domain.payments import Payment
from tests.gateways.payments.peers import Card, Effects, Peer

PRICE = Money(2500, "EUR")
NOTHING = Effects()
HELD = Effects(authorised=2500)
TAKEN = Effects(authorised=2500, captured=2500)
GIVEN_BACK = Effects(authorised=2500, captured=2500, refunded=2500)


async def opened(peer: Peer) -> Payment:
    return await peer.gateway.create(uuid4(), uuid4(), PRICE, key=uuid4().hex)


async def authorise(peer: Peer, payment: Payment, card: Card, *, key: str | None = None) -> Payment:
    method = await peer.card(card)
    return await peer.gateway.authorise(payment.id, method, return_url=peer.return_url, key=key or uuid4().hex)


async def authorised(peer: Peer) -> Payment:
    return await authorise(peer, await opened(peer), Card.GOOD)


async def captured(peer: Peer) -> Payment:
    return await peer.gateway.capture((await authorised(peer)).id, key=uuid4().hex)
