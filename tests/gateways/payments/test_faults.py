"""Whatever fails at Stripe or on the way: the right exception rises, and asking again makes one effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import stripe

from domain.errors import PaymentNotCapturable
from domain.payments import Payment, PaymentAccident, PaymentState, Refund
from gateways.payments.stripe import StripePayments
from tests.gateways.payments.peers import API_KEY, WEBHOOK_SECRET, Card, Effects, Peer, SandboxPeer
from tests.gateways.payments.stages import GIVEN_BACK, HELD, NOTHING, PRICE, TAKEN, authorise, authorised, captured, opened

Answer = Payment | Refund


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the booking asks of the vendor, from where it starts to what it should come to, once."""

    operation: str
    start: Callable[[Peer], Awaitable[Payment]]
    call: Callable[[Peer, Payment], Coroutine[Any, Any, Answer]]
    before: Effects
    after: Effects

    def __str__(self) -> str:
        return self.operation


async def authorise_again(peer: Peer, payment: Payment) -> Answer:
    return await authorise(peer, payment, Card.GOOD, key=f"{payment.id}:authorise")


async def capture_again(peer: Peer, payment: Payment) -> Answer:
    return await peer.gateway.capture(payment.id, key=f"{payment.id}:capture")


async def undo_again(peer: Peer, payment: Payment) -> Answer:
    return await peer.gateway.void_or_refund(payment.id, key=f"{payment.id}:undo")


STEPS = [
    Step("update", opened, authorise_again, NOTHING, HELD),
    Step("authorise", opened, authorise_again, NOTHING, HELD),
    Step("capture", authorised, capture_again, HELD, TAKEN),
    Step("void", authorised, undo_again, HELD, NOTHING),
    Step("refund", captured, undo_again, TAKEN, GIVEN_BACK),
]
each_step = pytest.mark.parametrize("step", STEPS, ids=str)


@each_step
@pytest.mark.parametrize("mode", ["error_500", "timeout_before"])
async def test_what_did_not_happen_is_an_accident_and_happens_once_when_asked_again(
    sandbox: SandboxPeer, step: Step, mode: str
) -> None:
    payment = await step.start(sandbox)
    await sandbox.plan(step.operation, mode, times=2)
    for _ in range(2):
        with pytest.raises(PaymentAccident):
            await step.call(sandbox, payment)
        assert step.before == await sandbox.effects(payment.id)
    await step.call(sandbox, payment)
    assert step.after == await sandbox.effects(payment.id)


@each_step
async def test_what_happened_and_was_not_heard_of_is_found_again(sandbox: SandboxPeer, step: Step) -> None:
    payment = await step.start(sandbox)
    await sandbox.plan(step.operation, "timeout_after")
    with pytest.raises(PaymentAccident):
        await step.call(sandbox, payment)
    if step.operation != "update":
        assert step.after == await sandbox.effects(payment.id)
    first = await step.call(sandbox, payment)
    assert first == await step.call(sandbox, payment)
    assert step.after == await sandbox.effects(payment.id)


@each_step
@pytest.mark.parametrize("mode", ["duplicate", "slow"])
async def test_what_arrives_twice_or_late_happens_once(sandbox: SandboxPeer, step: Step, mode: str) -> None:
    payment = await step.start(sandbox)
    await sandbox.plan(step.operation, mode)
    await step.call(sandbox, payment)
    assert (0, step.after) == (await sandbox.left(), await sandbox.effects(payment.id))


@each_step
async def test_an_accident_while_looking_changes_nothing(sandbox: SandboxPeer, step: Step) -> None:
    payment = await step.start(sandbox)
    await sandbox.plan("look", "error_500")
    with pytest.raises(PaymentAccident):
        await step.call(sandbox, payment)
    assert step.before == await sandbox.effects(payment.id)


@pytest.mark.parametrize("mode", ["error_500", "timeout_before", "timeout_after", "duplicate", "slow"])
async def test_one_payment_is_opened_whatever_goes_wrong(sandbox: SandboxPeer, mode: str) -> None:
    business_id, booking_id = uuid4(), uuid4()
    await sandbox.plan("create", mode)
    if mode not in ("duplicate", "slow"):
        with pytest.raises(PaymentAccident):
            await sandbox.gateway.create(business_id, booking_id, PRICE, key="booking:payment")
    payment = await sandbox.gateway.create(business_id, booking_id, PRICE, key="booking:payment")
    assert [(payment.id, str(booking_id))] == [(row["id"], row["booking_id"]) for row in await sandbox.state()]


async def test_a_decline_of_the_switchboard_is_a_declined_card(sandbox: SandboxPeer) -> None:
    payment = await opened(sandbox)
    await sandbox.plan("authorise", "decline")
    declined = await authorise_again(sandbox, payment)
    assert isinstance(declined, Payment) and PaymentState.DECLINED == declined.state
    assert declined == await authorise_again(sandbox, payment), "the same key gets the same answer"
    assert PaymentState.AUTHORISED == (await authorise(sandbox, payment, Card.GOOD, key="the next attempt")).state
    assert HELD == await sandbox.effects(payment.id)


async def test_an_authorisation_that_lapsed_cannot_be_captured(sandbox: SandboxPeer) -> None:
    payment = await authorised(sandbox)
    await sandbox.plan("capture", "decline")
    for _ in range(2):
        with pytest.raises(PaymentNotCapturable):
            await capture_again(sandbox, payment)
    assert NOTHING == await sandbox.effects(payment.id)


async def test_a_refund_that_the_bank_lost_is_made_anew(sandbox: SandboxPeer) -> None:
    payment = await captured(sandbox)
    await sandbox.plan("refund", "decline", times=2)
    for _ in range(2):
        with pytest.raises(PaymentAccident):
            await undo_again(sandbox, payment)
        assert TAKEN == await sandbox.effects(payment.id)
    assert isinstance(await undo_again(sandbox, payment), Refund)
    assert GIVEN_BACK == await sandbox.effects(payment.id)


@pytest.mark.parametrize("operation", ["create", "update", "void", "look"])
async def test_what_cannot_be_declined_is_forbidden_and_no_accident(sandbox: SandboxPeer, operation: str) -> None:
    payment = await authorised(sandbox) if operation == "void" else await opened(sandbox)
    calls: dict[str, Callable[[], Awaitable[Answer]]] = {
        "create": lambda: opened(sandbox),
        "update": lambda: authorise_again(sandbox, payment),
        "void": lambda: undo_again(sandbox, payment),
        "look": lambda: sandbox.gateway.look(payment.id),
    }
    await sandbox.plan(operation, "decline")
    with pytest.raises(stripe.PermissionError):
        await calls[operation]()
    await calls[operation]()


async def test_a_payment_that_outran_its_void_is_refunded(sandbox: SandboxPeer) -> None:
    """The customer approves at the bank while the void is on its way: the same call, under the same key, must refund."""
    payment = await opened(sandbox)
    asked = await sandbox.gateway.authorise(payment.id, "pm_sandbox_ideal", return_url=sandbox.return_url, key="ideal")
    await sandbox.plan("void", "slow", seconds=0.5)
    undo = asyncio.create_task(undo_again(sandbox, payment))
    while await sandbox.left():
        await asyncio.sleep(0.01)
    await sandbox.customer_answers(asked, approve=True)
    first = await undo
    assert isinstance(first, Refund)
    assert first == await undo_again(sandbox, payment)
    assert GIVEN_BACK == await sandbox.effects(payment.id)


@pytest.mark.parametrize("step", [step for step in STEPS if step.operation in ("authorise", "capture", "refund")], ids=str)
async def test_an_answer_that_takes_too_long_is_an_accident_and_is_found_later(sandbox: SandboxPeer, step: Step) -> None:
    """Asked again while Stripe is still at it, Stripe says so, which is an accident too."""
    hasty = SandboxPeer(sandbox.url)
    hasty.gateway = StripePayments(API_KEY, WEBHOOK_SECRET, api_base=sandbox.api_base, timeout_seconds=0.3)
    payment = await step.start(sandbox)
    await sandbox.plan(step.operation, "slow", seconds=1.0)
    for _ in range(2):
        with pytest.raises(PaymentAccident):
            await step.call(hasty, payment)
        assert step.before == await sandbox.effects(payment.id)
    while await sandbox.effects(payment.id) != step.after:
        await asyncio.sleep(0.05)
    await step.call(sandbox, payment)
    assert step.after == await sandbox.effects(payment.id)


async def test_a_vendor_that_is_gone_is_an_accident() -> None:
    gateway = StripePayments(API_KEY, WEBHOOK_SECRET, api_base="http://127.0.0.1:1")
    with pytest.raises(PaymentAccident):
        await gateway.look("pi_any")


@each_step
async def test_a_slow_vendor_does_not_stop_the_loop(sandbox: SandboxPeer, step: Step) -> None:
    payment = await step.start(sandbox)
    await sandbox.plan(step.operation, "slow", seconds=0.3)
    work = asyncio.create_task(step.call(sandbox, payment))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.01)
        turns += 1
    await work
    assert turns >= 5, "a call that blocks leaves the loop no turn but its own"
