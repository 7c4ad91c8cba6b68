"""Money that moves after a booking was confirmed: parts given back, and charges on the method that was saved."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from domain.errors import RefundRefused
from domain.money import Money
from domain.payments import Payment, PaymentAccident, PaymentState, RefundState
from tests.gateways.payments.peers import Effects, Peer, SandboxPeer, both_peers
from tests.gateways.payments.stages import PRICE, captured, opened

PART, REST, FEE = Money(1000, "EUR"), Money(1500, "EUR"), Money(700, "EUR")


@both_peers
async def test_parts_are_given_back_until_nothing_is_left(peer: Peer) -> None:
    payment = await captured(peer)
    for part, key in ((PART, "first"), (REST, "second")):
        refund = await peer.gateway.refund(payment.id, part, key=f"{payment.id}:{key}")
        assert (part, RefundState.SUCCEEDED, True) == (refund.amount, refund.state, refund.is_final)
    assert PRICE.amount == (await peer.gateway.look(payment.id)).refunded
    assert Effects(2500, 2500, 2500) == await peer.effects(payment.id)


@both_peers
async def test_the_same_part_again_is_the_first_one_though_the_vendor_forgot_its_key(peer: Peer) -> None:
    """localstripe never knew keys: the refund is found by what it carries."""
    payment = await captured(peer)
    first = await peer.gateway.refund(payment.id, PART, key="part")
    assert first == await peer.gateway.refund(payment.id, PART, key="part")
    assert Effects(2500, 2500, 1000) == await peer.effects(payment.id)


async def test_more_than_what_is_left_is_refused_for_good(sandbox: SandboxPeer) -> None:
    payment = await captured(sandbox)
    await sandbox.gateway.refund(payment.id, REST, key="most")
    with pytest.raises(RefundRefused):
        await sandbox.gateway.refund(payment.id, REST, key="too much")
    assert Effects(2500, 2500, 1500) == await sandbox.effects(payment.id)


async def test_what_was_never_taken_cannot_be_given_back(sandbox: SandboxPeer) -> None:
    with pytest.raises(RefundRefused):
        await sandbox.gateway.refund((await opened(sandbox)).id, PART, key="nothing")


@pytest.mark.parametrize("approve", [True, False])
async def test_a_refund_is_pending_until_the_bank_has_spoken(sandbox: SandboxPeer, approve: bool) -> None:
    payment = await paid_with(sandbox, "pm_card_pendingRefund")
    asked = [await sandbox.gateway.refund(payment.id, PART, key="part") for _ in range(2)]
    assert [RefundState.PENDING] * 2 == [refund.state for refund in asked] and asked[0].id == asked[1].id
    verdict = "approve" if approve else "refuse"
    (await sandbox.http.post(f"{sandbox.api_base}/bank/{asked[0].id}/{verdict}")).raise_for_status()
    final = await sandbox.gateway.refund(payment.id, PART, key="part")
    assert (RefundState.SUCCEEDED if approve else RefundState.FAILED) is final.state
    assert (None if approve else "lost_or_stolen_card") == final.failure_code
    assert Effects(2500, 2500, 1000 if approve else 0) == await sandbox.effects(payment.id)


@pytest.mark.parametrize("mode", ["error_500", "timeout_before", "timeout_after"])
@pytest.mark.parametrize("operation", ["refund", "look"])
async def test_a_refund_whose_answer_is_lost_is_made_once(sandbox: SandboxPeer, operation: str, mode: str) -> None:
    payment = await captured(sandbox)
    await sandbox.plan(operation, mode)
    with pytest.raises(PaymentAccident):
        await sandbox.gateway.refund(payment.id, PART, key="part")
    assert RefundState.SUCCEEDED is (await sandbox.gateway.refund(payment.id, PART, key="part")).state
    assert Effects(2500, 2500, 1000) == await sandbox.effects(payment.id)


async def test_a_refund_that_the_bank_refuses_has_failed(sandbox: SandboxPeer) -> None:
    payment = await captured(sandbox)
    await sandbox.plan("refund", "decline")
    assert RefundState.FAILED is (await sandbox.gateway.refund(payment.id, PART, key="part")).state
    assert RefundState.FAILED is (await sandbox.gateway.refund(payment.id, PART, key="part")).state


async def paid_with(peer: Peer, method: str, *, save: bool = True) -> Payment:
    payment = await opened(peer)
    key = uuid4().hex
    paid = await peer.gateway.authorise(payment.id, method, return_url="https://salon.example", key=key, save=save)
    if paid.state is PaymentState.AUTHORISED:
        paid = await peer.gateway.capture(payment.id, key=uuid4().hex)
    return paid


async def test_a_saved_card_is_charged_without_its_owner_once(sandbox: SandboxPeer) -> None:
    first = await paid_with(sandbox, "pm_card_visa")
    charge = await sandbox.gateway.charge_saved(first.id, FEE, key="fee")
    assert (PaymentState.CAPTURED, FEE) == (charge.state, charge.amount)
    assert charge == await sandbox.gateway.charge_saved(first.id, FEE, key="fee")
    assert [Effects(700, 700), Effects(2500, 2500)] == [await sandbox.effects(payment.id) for payment in (charge, first)]


async def test_two_charges_under_two_keys_are_two(sandbox: SandboxPeer) -> None:
    first = await paid_with(sandbox, "pm_card_visa")
    both = [await sandbox.gateway.charge_saved(first.id, FEE, key=key) for key in ("one", "other")]
    assert 2 == len({charge.id for charge in both})


@pytest.mark.parametrize(
    ("method", "code"),
    [("pm_sandbox_declinesLater", "insufficient_funds"), ("pm_sandbox_asksLater", "authentication_required")],
)
async def test_a_bank_that_says_no_later_is_asked_once(sandbox: SandboxPeer, method: str, code: str) -> None:
    first = await paid_with(sandbox, method)
    asked = [await sandbox.gateway.charge_saved(first.id, FEE, key="fee") for _ in range(2)]
    assert [(PaymentState.DECLINED, code)] * 2 == [(charge.state, charge.decline_code) for charge in asked]
    assert asked[0] == asked[1] and asked[0].id
    assert [2500] == [row["captured"] for row in await sandbox.state() if row["captured"]]


@pytest.mark.parametrize(("method", "save"), [("pm_card_visa", False), ("pm_sandbox_ideal", True)])
async def test_what_saved_no_method_cannot_be_charged_again(sandbox: SandboxPeer, method: str, save: bool) -> None:
    first = await paid_with(sandbox, method, save=save)
    charge = await sandbox.gateway.charge_saved(first.id, FEE, key="fee")
    assert (PaymentState.DECLINED, "no_saved_method") == (charge.state, charge.decline_code)


async def test_a_card_that_saves_nothing_may_follow_one_that_was_declined(sandbox: SandboxPeer) -> None:
    payment = await opened(sandbox)
    for number, method in enumerate(("pm_card_chargeDeclined", "pm_sandbox_ideal")):
        key = f"{payment.id}:{number}"
        tried = await sandbox.gateway.authorise(payment.id, method, return_url="https://salon.example", key=key, save=True)
    assert PaymentState.ACTION_REQUIRED is tried.state


async def test_a_slow_bank_says_later_whether_it_paid(sandbox: SandboxPeer) -> None:
    first = await paid_with(sandbox, "pm_sandbox_slow_bank")
    await sandbox.bank_answers(first.id)
    charge = await sandbox.gateway.charge_saved(first.id, FEE, key="fee")
    assert PaymentState.PROCESSING is charge.state
    await sandbox.bank_answers(charge.id)
    assert PaymentState.CAPTURED is (await sandbox.gateway.charge_saved(first.id, FEE, key="fee")).state


@pytest.mark.parametrize("mode", ["error_500", "timeout_before", "timeout_after"])
@pytest.mark.parametrize("operation", ["create", "authorise", "look"])
async def test_a_charge_whose_answer_is_lost_is_made_once(sandbox: SandboxPeer, operation: str, mode: str) -> None:
    first = await paid_with(sandbox, "pm_card_visa")
    await sandbox.plan(operation, mode)
    with pytest.raises(PaymentAccident):
        await sandbox.gateway.charge_saved(first.id, FEE, key="fee")
    assert PaymentState.CAPTURED is (await sandbox.gateway.charge_saved(first.id, FEE, key="fee")).state
    assert [700, 2500] == sorted(row["captured"] for row in await sandbox.state() if row["captured"])


async def test_two_workers_at_once_charge_once(sandbox: SandboxPeer) -> None:
    first = await paid_with(sandbox, "pm_card_visa")
    both = (sandbox.gateway.charge_saved(first.id, FEE, key="fee") for _ in range(2))
    await asyncio.gather(*both, return_exceptions=True)
    assert [700, 2500] == sorted(row["captured"] for row in await sandbox.state() if row["captured"])
