"""What the Stripe gateway promises, held against two stand-ins that know nothing of each other."""

from __future__ import annotations

from uuid import uuid4

import pytest
import stripe

from domain.errors import PaymentNotCapturable
from domain.money import Money
from domain.payments import Payment, PaymentAccident, PaymentState, Refund, RefundState
from gateways.payments.stripe import StripePayments
from tests.gateways.payments.peers import API_KEY, WEBHOOK_SECRET, Card, Peer, both_peers, both_peers_but
from tests.gateways.payments.stages import GIVEN_BACK, HELD, NOTHING, PRICE, TAKEN, authorise, authorised, captured, opened


@both_peers
async def test_opening_a_payment_touches_no_money(peer: Peer) -> None:
    payment = await opened(peer)
    assert (PaymentState.CREATED, PRICE, None) == (payment.state, payment.amount, payment.next_action)
    assert payment == await peer.gateway.look(payment.id)
    assert NOTHING == await peer.effects(payment.id)


@both_peers
async def test_authorising_reserves_the_money_and_takes_none(peer: Peer) -> None:
    payment = await authorised(peer)
    assert PaymentState.AUTHORISED == payment.state
    assert payment == await peer.gateway.look(payment.id)
    assert HELD == await peer.effects(payment.id)


@both_peers
async def test_capturing_takes_what_was_reserved(peer: Peer) -> None:
    payment = await captured(peer)
    assert PaymentState.CAPTURED == payment.state
    assert payment == await peer.gateway.look(payment.id)
    assert TAKEN == await peer.effects(payment.id)


@both_peers
async def test_voiding_releases_what_was_reserved(peer: Peer) -> None:
    payment = await authorised(peer)
    undone = await peer.gateway.void_or_refund(payment.id, key="undo")
    assert isinstance(undone, Payment) and PaymentState.CANCELLED == undone.state
    assert 0 == (await peer.gateway.look(payment.id)).refunded, "nothing was taken, so nothing was given back"
    assert NOTHING == await peer.effects(payment.id)


@both_peers
async def test_a_payment_that_nobody_paid_is_voided_too(peer: Peer) -> None:
    undone = await peer.gateway.void_or_refund((await opened(peer)).id, key=uuid4().hex)
    assert isinstance(undone, Payment) and PaymentState.CANCELLED == undone.state


@both_peers
async def test_refunding_gives_everything_back(peer: Peer) -> None:
    payment = await captured(peer)
    refund = await peer.gateway.void_or_refund(payment.id, key=uuid4().hex)
    assert isinstance(refund, Refund) and (PRICE, True) == (refund.amount, refund.is_final)
    assert (PaymentState.CAPTURED, 2500) == ((seen := await peer.gateway.look(payment.id)).state, seen.refunded)
    assert GIVEN_BACK == await peer.effects(payment.id)


@both_peers
async def test_authorising_again_reserves_nothing_more(peer: Peer) -> None:
    payment = await opened(peer)
    first = await authorise(peer, payment, Card.GOOD, key=f"{payment.id}:1")
    assert first == await authorise(peer, payment, Card.GOOD, key=f"{payment.id}:1")
    assert first == await authorise(peer, payment, Card.OTHER, key=f"{payment.id}:2"), "it is reserved already"
    assert HELD == await peer.effects(payment.id)


@both_peers
async def test_capturing_again_takes_nothing_more(peer: Peer) -> None:
    payment = await captured(peer)
    assert payment == await peer.gateway.capture(payment.id, key="again")
    assert TAKEN == await peer.effects(payment.id)


@both_peers
async def test_voiding_again_is_the_same(peer: Peer) -> None:
    payment = await authorised(peer)
    first = await peer.gateway.void_or_refund(payment.id, key=f"{payment.id}:undo")
    second = await peer.gateway.void_or_refund(payment.id, key=f"{payment.id}:undo")
    assert isinstance(first, Payment) and isinstance(second, Payment)
    assert (PaymentState.CANCELLED, PaymentState.CANCELLED) == (first.state, second.state)


@both_peers
async def test_refunding_again_gives_nothing_more(peer: Peer) -> None:
    payment = await captured(peer)
    first = await peer.gateway.void_or_refund(payment.id, key=f"{payment.id}:undo")
    assert first == await peer.gateway.void_or_refund(payment.id, key=f"{payment.id}:undo")
    assert first == await peer.gateway.void_or_refund(payment.id, key="asked by somebody else")
    assert GIVEN_BACK == await peer.effects(payment.id)


@both_peers_but("idempotency keys")
async def test_opening_again_under_the_same_key_is_the_same_payment(peer: Peer) -> None:
    business_id, booking_id, key = uuid4(), uuid4(), uuid4().hex
    first = await peer.gateway.create(business_id, booking_id, PRICE, key=key)
    assert first == await peer.gateway.create(business_id, booking_id, PRICE, key=key)


@both_peers
async def test_a_declined_card_is_an_answer_with_a_code(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.DECLINED)
    assert (PaymentState.DECLINED, peer.decline_code) == (payment.state, payment.decline_code)
    assert payment == await peer.gateway.look(payment.id)
    assert NOTHING == await peer.effects(payment.id)


@both_peers
async def test_a_declined_payment_is_voided(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.DECLINED)
    undone = await peer.gateway.void_or_refund(payment.id, key=uuid4().hex)
    assert isinstance(undone, Payment) and PaymentState.CANCELLED == undone.state


@both_peers_but("another card after a decline")
async def test_another_card_pays_after_a_decline(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.DECLINED)
    second = await authorise(peer, payment, Card.OTHER)
    assert (payment.id, PaymentState.AUTHORISED, None) == (second.id, second.state, second.decline_code)
    assert HELD == await peer.effects(payment.id)


@both_peers_but("errors that name the parameter")
async def test_an_unknown_card_is_declined(peer: Peer) -> None:
    payment = await peer.gateway.authorise((await opened(peer)).id, "pm_nobody", return_url=peer.return_url, key=uuid4().hex)
    assert (PaymentState.DECLINED, "resource_missing") == (payment.state, payment.decline_code)


@both_peers
async def test_no_card_at_all_is_declined(peer: Peer) -> None:
    payment = await peer.gateway.authorise((await opened(peer)).id, "", return_url=peer.return_url, key=uuid4().hex)
    assert (PaymentState.DECLINED, "parameter_missing") == (payment.state, payment.decline_code)


@both_peers
async def test_a_card_whose_bank_asks_reserves_once_the_customer_approves(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.ASKS_THE_CUSTOMER)
    assert PaymentState.ACTION_REQUIRED == payment.state
    assert payment.next_action is not None and payment.next_action.client_secret
    assert payment == await peer.gateway.look(payment.id)
    assert NOTHING == await peer.effects(payment.id)
    await peer.customer_answers(payment, approve=True)
    assert (PaymentState.AUTHORISED, None) == ((seen := await peer.gateway.look(payment.id)).state, seen.next_action)
    assert PaymentState.CAPTURED == (await peer.gateway.capture(payment.id, key=uuid4().hex)).state
    assert TAKEN == await peer.effects(payment.id)


@both_peers_but("a page to send the customer to")
async def test_the_customer_is_given_a_page_of_the_bank(peer: Peer) -> None:
    method, payment = await peer.card(Card.ASKS_THE_CUSTOMER), await opened(peer)
    asked = await peer.gateway.authorise(payment.id, method, return_url="https://salon.example/back", key=uuid4().hex)
    assert asked.next_action is not None and asked.next_action.url is not None
    assert "redirect_to_url" == asked.next_action.kind
    assert (await peer.http.get(asked.next_action.url)).is_success


@both_peers
async def test_a_customer_who_refuses_at_the_bank_is_declined_and_may_take_another_card(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.ASKS_THE_CUSTOMER)
    await peer.customer_answers(payment, approve=False)
    seen = await peer.gateway.look(payment.id)
    assert (PaymentState.DECLINED, "payment_intent_authentication_failure") == (seen.state, seen.decline_code)
    assert PaymentState.AUTHORISED == (await authorise(peer, payment, Card.GOOD)).state
    assert HELD == await peer.effects(payment.id)


@both_peers_but("another card while the bank waits")
async def test_another_card_may_be_taken_while_the_bank_waits(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.ASKS_THE_CUSTOMER)
    assert PaymentState.AUTHORISED == (await authorise(peer, payment, Card.GOOD)).state
    assert HELD == await peer.effects(payment.id)


@both_peers
async def test_a_payment_that_waits_for_the_customer_is_voided(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.ASKS_THE_CUSTOMER)
    undone = await peer.gateway.void_or_refund(payment.id, key=uuid4().hex)
    assert isinstance(undone, Payment) and (PaymentState.CANCELLED, None) == (undone.state, undone.next_action)


@both_peers
async def test_a_bank_debit_is_taken_at_once_and_given_back(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.BANK_DEBIT)
    assert PaymentState.CAPTURED == payment.state
    assert TAKEN == await peer.effects(payment.id)
    assert PaymentState.CAPTURED == (await peer.gateway.capture(payment.id, key=uuid4().hex)).state
    refund = await peer.gateway.void_or_refund(payment.id, key=f"{payment.id}:undo")
    assert isinstance(refund, Refund) and (PRICE, True) == (refund.amount, refund.is_final)
    assert GIVEN_BACK == await peer.effects(payment.id)


@both_peers_but("banks that take their time")
async def test_nobody_decides_about_a_payment_under_way(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.SLOW_BANK_DEBIT)
    assert PaymentState.PROCESSING == payment.state
    assert payment == await authorise(peer, payment, Card.GOOD)
    with pytest.raises(PaymentAccident):
        await peer.gateway.capture(payment.id, key=uuid4().hex)
    with pytest.raises(PaymentAccident):
        await peer.gateway.void_or_refund(payment.id, key=uuid4().hex)
    await peer.bank_answers(payment.id)
    assert PaymentState.CAPTURED == (await peer.gateway.capture(payment.id, key=uuid4().hex)).state


@both_peers_but("banks that take their time")
async def test_a_refund_is_final_when_the_bank_has_made_it(peer: Peer) -> None:
    payment = await authorise(peer, await opened(peer), Card.SLOW_BANK_DEBIT)
    await peer.bank_answers(payment.id)
    asked = [await peer.gateway.void_or_refund(payment.id, key="undo") for _ in range(2)]
    assert all(isinstance(refund, Refund) and not refund.is_final for refund in asked)
    await peer.bank_answers(asked[0].id)
    assert Refund(asked[0].id, PRICE, RefundState.SUCCEEDED) == await peer.gateway.void_or_refund(payment.id, key="undo")
    assert GIVEN_BACK == await peer.effects(payment.id)


@both_peers
async def test_what_was_voided_cannot_be_captured_nor_authorised(peer: Peer) -> None:
    payment = await authorised(peer)
    await peer.gateway.void_or_refund(payment.id, key=uuid4().hex)
    with pytest.raises(PaymentNotCapturable) as refused:
        await peer.gateway.capture(payment.id, key=uuid4().hex)
    assert {"state": "cancelled"} == refused.value.facts
    assert PaymentState.CANCELLED == (await authorise(peer, payment, Card.GOOD)).state
    assert NOTHING == await peer.effects(payment.id)


@both_peers
async def test_what_was_never_reserved_cannot_be_captured(peer: Peer) -> None:
    with pytest.raises(PaymentNotCapturable):
        await peer.gateway.capture((await opened(peer)).id, key=uuid4().hex)


@both_peers
async def test_currencies_are_counted_as_stripe_counts_them(peer: Peer) -> None:
    counted = {Money(500, "JPY"): 500, Money(500, "ISK"): 50_000, Money(5120, "KWD"): 5120, Money(150_000, "MGA"): 1500}
    for price, at_stripe in counted.items():
        payment = await peer.gateway.create(uuid4(), uuid4(), price, key=uuid4().hex)
        assert price == payment.amount
        raw = await peer.http.get(f"{peer.api_base}/v1/payment_intents/{payment.id}")
        assert at_stripe == raw.json()["amount"]


@both_peers
async def test_a_wrong_api_key_is_a_bug_and_no_accident(peer: Peer) -> None:
    gateway = StripePayments("wrong", WEBHOOK_SECRET, api_base=peer.api_base)
    with pytest.raises(stripe.AuthenticationError):
        await gateway.create(uuid4(), uuid4(), PRICE, key=uuid4().hex)


@both_peers
async def test_an_unknown_payment_is_a_bug_and_no_accident(peer: Peer) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await peer.gateway.look("pi_nobody")


@both_peers
async def test_an_unknown_parameter_is_refused(peer: Peer) -> None:
    client = stripe.StripeClient(API_KEY, base_addresses={"api": peer.api_base}, http_client=stripe.HTTPXClient())
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.payment_intents.create_async({"amount": 1, "currency": "eur", "nonsense": "1"})  # type: ignore[typeddict-unknown-key] # on purpose
