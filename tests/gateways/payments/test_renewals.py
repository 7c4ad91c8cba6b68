"""Money reserved anew with the saved method, and methods that cannot be reserved at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domain.errors import PaymentMethodUnsuitable
from domain.payments import Payment, PaymentAccident, PaymentState
from tests.gateways.payments.peers import Card, Effects, SandboxPeer
from tests.gateways.payments.stages import HELD, NOTHING, PRICE, TAKEN, opened

BACK = "https://salon.example"


async def reserved(sandbox: SandboxPeer, method: str = "pm_card_visa") -> Payment:
    payment = await opened(sandbox)
    key = uuid4().hex
    return await sandbox.gateway.authorise(payment.id, method, return_url=BACK, key=key, save=True, only_reserve=True)


async def test_it_is_known_how_long_the_money_stays_reserved(sandbox: SandboxPeer) -> None:
    payment = await reserved(sandbox)
    assert payment.capture_before is not None
    assert timedelta(days=6) < payment.capture_before - datetime.now(UTC) <= timedelta(days=7)
    assert payment == await sandbox.gateway.look(payment.id)


async def test_a_renewal_is_a_second_reservation_until_the_first_is_voided(sandbox: SandboxPeer) -> None:
    first = await reserved(sandbox)
    second = await sandbox.gateway.renew(first.id, PRICE, key="renew")
    assert PaymentState.AUTHORISED is second.state and second.capture_before is not None
    assert second == await sandbox.gateway.renew(first.id, PRICE, key="renew")
    assert [HELD, HELD] == [await sandbox.effects(each.id) for each in (first, second)]
    await sandbox.gateway.void_or_refund(first.id, key="void")
    await sandbox.gateway.capture(second.id, key="capture")
    assert [NOTHING, TAKEN] == [await sandbox.effects(each.id) for each in (first, second)]


async def test_what_was_renewed_can_be_renewed_and_charged_again(sandbox: SandboxPeer) -> None:
    first = await reserved(sandbox)
    second = await sandbox.gateway.renew(first.id, PRICE, key="one")
    third = await sandbox.gateway.renew(second.id, PRICE, key="two")
    assert 3 == len({first.id, second.id, third.id})
    fee = await sandbox.gateway.charge_saved(third.id, PRICE, key="fee")
    assert PaymentState.CAPTURED is fee.state


@pytest.mark.parametrize("mode", ["error_500", "timeout_before", "timeout_after"])
@pytest.mark.parametrize("operation", ["create", "authorise", "look"])
async def test_a_renewal_whose_answer_is_lost_is_made_once(sandbox: SandboxPeer, operation: str, mode: str) -> None:
    first = await reserved(sandbox)
    await sandbox.plan(operation, mode)
    with pytest.raises(PaymentAccident):
        await sandbox.gateway.renew(first.id, PRICE, key="renew")
    assert PaymentState.AUTHORISED is (await sandbox.gateway.renew(first.id, PRICE, key="renew")).state
    assert 2 == len([row for row in await sandbox.state() if row["authorised"]])


async def test_a_renewal_is_undone_by_its_key_also_where_it_was_never_heard_of(sandbox: SandboxPeer) -> None:
    first = await reserved(sandbox)
    assert None is await sandbox.gateway.undo_charge_if_made(first.id, key="renew")
    await sandbox.gateway.renew(first.id, PRICE, key="renew")
    undone = await sandbox.gateway.undo_charge_if_made(first.id, key="renew")
    assert isinstance(undone, Payment) and PaymentState.CANCELLED is undone.state
    assert HELD == await sandbox.effects(first.id)


@pytest.mark.parametrize(
    ("method", "code"),
    [("pm_sandbox_declinesLater", "insufficient_funds"), ("pm_sandbox_asksLater", "authentication_required")],
)
async def test_a_bank_that_says_no_leaves_the_first_as_it_is(sandbox: SandboxPeer, method: str, code: str) -> None:
    first = await reserved(sandbox, method)
    for _ in range(2):
        declined = await sandbox.gateway.renew(first.id, PRICE, key="renew")
        assert (PaymentState.DECLINED, code) == (declined.state, declined.decline_code)
    assert HELD == await sandbox.effects(first.id)


@pytest.mark.parametrize("card", [Card.BANK_DEBIT, Card.SLOW_BANK_DEBIT])
async def test_what_would_be_charged_at_once_is_refused_before_anything_happens(sandbox: SandboxPeer, card: Card) -> None:
    payment = await opened(sandbox)
    with pytest.raises(PaymentMethodUnsuitable):
        await sandbox.gateway.authorise(
            payment.id, await sandbox.card(card), return_url=BACK, key=uuid4().hex, save=True, only_reserve=True
        )
    assert Effects() == await sandbox.effects(payment.id)
    key = uuid4().hex
    other = await sandbox.gateway.authorise(payment.id, "pm_card_visa", return_url=BACK, key=key, save=True, only_reserve=True)
    assert PaymentState.AUTHORISED is other.state
