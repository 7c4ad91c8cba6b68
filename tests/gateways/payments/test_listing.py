"""The vendor's own books, as they are compared with ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domain.payments import MadePayment, PaymentAccident, PaymentState
from gateways.payments import stripe_books
from tests.gateways.payments.peers import SandboxPeer
from tests.gateways.payments.stages import PRICE, captured

SINCE, UNTIL = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)


async def listed(peer: SandboxPeer, *, refunded: bool = False) -> list[MadePayment]:
    """All pages."""
    listing = peer.gateway.list_refunded if refunded else peer.gateway.list_made
    page = await listing(SINCE, UNTIL)
    found = list(page.payments)
    while page.after is not None:
        page = await listing(SINCE, UNTIL, page.after)
        found += page.payments
    return found


async def test_what_was_made_is_listed_with_whose_it_is(sandbox: SandboxPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page, each once."""
    monkeypatch.setattr(stripe_books, "LISTED", 2)
    business_id, bookings = uuid4(), [uuid4() for _ in range(5)]
    made = [await sandbox.gateway.create(business_id, one, PRICE, key=f"{one}:payment") for one in bookings]
    found = [one for one in await listed(sandbox) if one.business_id == business_id]
    assert [(one.id, PaymentState.CREATED) for one in reversed(made)] == [(one.payment.id, one.payment.state) for one in found]
    assert bookings[::-1] == [one.booking_id for one in found]


async def test_what_came_back_is_listed_with_how_much(sandbox: SandboxPeer) -> None:
    payment = await captured(sandbox)
    assert payment.id not in [one.payment.id for one in await listed(sandbox, refunded=True)]
    await sandbox.gateway.refund(payment.id, PRICE, key=f"{payment.id}:all")
    assert [PRICE.amount] == [
        one.payment.refunded for one in await listed(sandbox, refunded=True) if one.payment.id == payment.id
    ]


async def test_what_was_made_at_another_time_is_not_listed(sandbox: SandboxPeer) -> None:
    await captured(sandbox)
    page = await sandbox.gateway.list_made(SINCE - timedelta(days=9), SINCE)
    assert ((), None) == (page.payments, page.after)


async def test_one_is_found_by_its_id_or_not_at_all(sandbox: SandboxPeer) -> None:
    payment = await captured(sandbox)
    assert payment.id == getattr(await sandbox.gateway.find(payment.id), "id", None)
    assert await sandbox.gateway.find("pi_nowhere") is None


async def test_a_list_whose_answer_is_lost_is_an_accident(sandbox: SandboxPeer) -> None:
    await sandbox.plan("look", "timeout_after")
    with pytest.raises(PaymentAccident):
        await sandbox.gateway.list_made(SINCE, UNTIL)
