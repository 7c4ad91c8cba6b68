"""Stripe's stand-in refuses what Stripe refuses, and moves money only along Stripe's own paths."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import stripe

from sandbox import stripe_intents
from sandbox.app import Sandbox, build_sandbox
from sandbox.stripe import operation_of
from tests.sandbox.stripe_calls import BACK, Form, StripeCalls, error

P = stripe.params


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return build_sandbox()


@pytest.fixture
async def calls(sandbox: Sandbox) -> AsyncIterator[StripeCalls]:
    async with StripeCalls(sandbox) as client:
        await client.forget()
        yield client


@pytest.mark.parametrize(
    ("taken", "described"),
    [
        (stripe_intents.CREATE, P.PaymentIntentCreateParams),
        (stripe_intents.UPDATE, P.PaymentIntentUpdateParams),
        (stripe_intents.CONFIRM, P.PaymentIntentConfirmParams),
        (stripe_intents.CAPTURE, P.PaymentIntentCaptureParams),
        (stripe_intents.CANCEL, P.PaymentIntentCancelParams),
        (stripe_intents.REFUND, P.RefundCreateParams),
        (stripe_intents.CUSTOMER, P.CustomerCreateParams),
    ],
)
def test_it_takes_only_parameters_that_stripe_describes(taken: set[str], described: type) -> None:
    known = described.__required_keys__ | described.__optional_keys__  # type: ignore[attr-defined] # TypedDicts have them
    assert set() == taken - known


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/confirm", "/{id}/capture", "/{id}/cancel", "refunds"])
async def test_a_parameter_it_does_not_know_is_refused(calls: StripeCalls, path: str) -> None:
    intent_id = await calls.opened()
    place = "/refunds" if path == "refunds" else "/payment_intents" + path.format(id=intent_id)
    assert (400, "parameter_unknown", "nonsense") == error(await calls.ask(place, {"nonsense": "true"}))


@pytest.mark.parametrize("key", ["", "Bearer pk_test_any", "Bearer sk_live_any", "Basic c2tfdGVzdA=="])
async def test_only_test_keys_are_let_in(calls: StripeCalls, key: str) -> None:
    intent_id = await calls.opened()
    for method, path in (
        ("POST", "payment_intents"),
        ("GET", f"payment_intents/{intent_id}"),
        ("GET", "payment_methods/pm_card_visa"),
    ):
        assert 401 == (await calls.request(method, f"/{path}", headers={"Authorization": key})).status_code


WRONG: list[tuple[Form, str]] = [
    ({"amount": ""}, "amount"),
    ({"amount": "0"}, "amount"),
    ({"amount": "-1"}, "amount"),
    ({"amount": "1.5"}, "amount"),
    ({"amount": "²"}, "amount"),
    ({"amount": "9" * 5000}, "amount"),
    ({"currency": ""}, "currency"),
    ({"currency": "EUR"}, "currency"),
    ({"currency": "euro"}, "currency"),
    ({"metadata": "flat"}, "metadata"),
    ({"capture_method": "later"}, "capture_method"),
    ({"payment_method": "pm_nobody"}, "payment_method"),
    ({"expand[]": "customer"}, "expand"),
]


@pytest.mark.parametrize(("wrong", "param"), WRONG, ids=lambda value: str(value)[:40])
async def test_a_wrong_parameter_is_named(calls: StripeCalls, wrong: Form, param: str) -> None:
    answer = await calls.ask("/payment_intents", {"amount": "2500", "currency": "eur"} | wrong)
    status, _, named = error(answer)
    assert (True, param) == (status in (400, 404), named)


async def test_a_body_that_is_no_form_is_refused(calls: StripeCalls) -> None:
    for body in b"\xff\xfe", b'{"amount": 1}', b"[=1&[]=2&metadata[=3":
        assert 400 == (await calls.post("/payment_intents", content=body)).status_code


async def test_what_does_not_exist_is_not_found(calls: StripeCalls) -> None:
    assert (404, "resource_missing", "intent") == error(await calls.get("/payment_intents/pi_nobody"))
    assert (404, "resource_missing", "intent") == error(await calls.ask("/payment_intents/pi_nobody/capture"))
    assert (404, "resource_missing", "payment_method") == error(await calls.get("/payment_methods/pm_nobody"))


@pytest.mark.parametrize(
    ("stage", "refused"),
    [
        ("opened", ("capture",)),
        ("confirmed", ("confirm", "update")),
        ("captured", ("confirm", "update", "capture", "cancel")),
        ("cancelled", ("confirm", "update", "capture", "cancel")),
    ],
)
async def test_what_does_not_fit_the_status_is_refused_and_changes_nothing(
    calls: StripeCalls, stage: str, refused: tuple[str, ...]
) -> None:
    intent_id = await (calls.opened() if stage == "cancelled" else getattr(calls, stage)())
    if stage == "cancelled":
        await calls.ask(f"/payment_intents/{intent_id}/cancel")
    before = await calls.status(intent_id)
    for operation in refused:
        path = f"/payment_intents/{intent_id}" + ("" if operation == "update" else f"/{operation}")
        form = {"return_url": BACK} if operation == "confirm" else {"description": "x"} if operation == "update" else None
        assert (400, "payment_intent_unexpected_state", None) == error(await calls.ask(path, form))
    assert before == await calls.status(intent_id)


async def test_confirming_needs_a_card_and_a_page_to_come_back_to(calls: StripeCalls) -> None:
    path = f"/payment_intents/{await calls.opened()}/confirm"
    assert (400, "parameter_missing", "payment_method") == error(await calls.ask(path, {"return_url": BACK}))
    assert (400, None, "return_url") == error(await calls.ask(path, {"payment_method": "pm_card_visa"}))


async def test_a_method_that_cannot_be_taken_later_is_not_reserved(calls: StripeCalls) -> None:
    path = f"/payment_intents/{await calls.opened()}/confirm"
    answer = await calls.ask(path, {"payment_method": "pm_sandbox_sepa", "return_url": BACK})
    assert (400, None, "capture_method") == error(answer)


async def test_an_update_adds_to_the_metadata_and_keeps_nothing_else_of_the_request(calls: StripeCalls) -> None:
    intent_id = await calls.opened()
    form = {"metadata[seat]": "4", "description": "Haircut", "expand[]": "latest_charge"}
    intent = (await calls.ask(f"/payment_intents/{intent_id}", form)).json()
    assert ({"booking_id": "b1", "seat": "4"}, "Haircut") == (intent["metadata"], intent["description"])
    assert "expand" not in intent


async def test_the_charge_is_an_id_unless_it_is_expanded(calls: StripeCalls) -> None:
    path = f"/payment_intents/{await calls.captured()}"
    short = (await calls.get(path)).json()["latest_charge"]
    whole = (await calls.get(path, params={"expand[]": "latest_charge"})).json()["latest_charge"]
    assert (short, "charge", 2500, True) == (whole["id"], whole["object"], whole["amount_captured"], whole["captured"])


async def test_a_released_authorisation_counts_as_given_back_though_nothing_was_taken(calls: StripeCalls) -> None:
    path = f"/payment_intents/{await calls.confirmed()}"
    await calls.ask(f"{path}/cancel")
    charge = (await calls.get(path, params={"expand[]": "latest_charge"})).json()["latest_charge"]
    assert (0, 2500, False) == (charge["amount_captured"], charge["amount_refunded"], charge["captured"])


async def test_after_a_decline_another_card_is_needed(calls: StripeCalls) -> None:
    path = f"/payment_intents/{await calls.confirmed('pm_card_chargeDeclinedInsufficientFunds')}"
    intent = (await calls.get(path)).json()
    assert ("requires_payment_method", None) == (intent["status"], intent["payment_method"])
    assert "insufficient_funds" == intent["last_payment_error"]["decline_code"]
    assert (400, "parameter_missing", "payment_method") == error(await calls.ask(f"{path}/confirm", {"return_url": BACK}))


async def test_refunds_add_up_to_what_was_taken_and_no_further(calls: StripeCalls) -> None:
    intent_id = await calls.captured()
    assert 1000 == (await calls.ask("/refunds", {"payment_intent": intent_id, "amount": "1000"})).json()["amount"]
    assert 400 == (await calls.ask("/refunds", {"payment_intent": intent_id, "amount": "1501"})).status_code
    assert 1500 == (await calls.ask("/refunds", {"payment_intent": intent_id})).json()["amount"], "the rest"
    assert (400, "charge_already_refunded", None) == error(await calls.ask("/refunds", {"payment_intent": intent_id}))
    listed = (await calls.get("/refunds", params={"payment_intent": intent_id})).json()["data"]
    assert [1500, 1000] == [refund["amount"] for refund in listed], "the newest first"


@pytest.mark.parametrize("amount", ["0", "-5", "all"])
async def test_a_refund_of_a_wrong_amount_is_refused(calls: StripeCalls, amount: str) -> None:
    answer = await calls.ask("/refunds", {"payment_intent": await calls.captured(), "amount": amount})
    assert (400, "parameter_invalid_integer", "amount") == error(answer)


async def test_what_was_not_taken_is_not_refunded(calls: StripeCalls) -> None:
    answer = await calls.ask("/refunds", {"payment_intent": await calls.confirmed()})
    assert (400, "charge_not_refundable", "payment_intent") == error(answer)


async def asked_by_the_bank(calls: StripeCalls, back: str = BACK) -> tuple[str, str]:
    intent_id = await calls.opened(payment_method="pm_card_authenticationRequired")
    intent = (await calls.ask(f"/payment_intents/{intent_id}/confirm", {"return_url": back})).json()
    assert "requires_action" == intent["status"]
    return intent_id, intent["next_action"]["redirect_to_url"]["url"]


@pytest.mark.parametrize(
    ("button", "status", "outcome"),
    [("approve", "requires_capture", "succeeded"), ("refuse", "requires_payment_method", "failed")],
)
async def test_the_bank_page_sends_the_customer_back(calls: StripeCalls, button: str, status: str, outcome: str) -> None:
    intent_id, page = await asked_by_the_bank(calls, f"{BACK}?lang=de")
    shown = await calls.get(page)
    assert f'action="{intent_id}/{button}"' in shown.text and "SANDBOX" in shown.text
    answer = await calls.post(httpx.URL(page).join(f"{intent_id}/{button}"))
    assert (303, f"{BACK}?lang=de&payment_intent={intent_id}&redirect_status={outcome}") == (
        answer.status_code,
        answer.headers["location"],
    )
    assert status == await calls.status(intent_id)


async def test_the_bank_answers_once(calls: StripeCalls) -> None:
    intent_id, page = await asked_by_the_bank(calls)
    assert 404 == (await calls.post(f"{page}/perhaps")).status_code
    assert 303 == (await calls.post(f"{page}/refuse")).status_code
    assert 400 == (await calls.post(f"{page}/approve")).status_code
    assert "requires_payment_method" == await calls.status(intent_id)
    assert 404 == (await calls.get(page.replace(intent_id, "pi_nobody"))).status_code


@pytest.mark.parametrize(("button", "given_back"), [("approve", 2500), ("refuse", 0)])
async def test_a_refund_of_a_slow_bank_waits_for_it(calls: StripeCalls, button: str, given_back: int) -> None:
    intent_id = await calls.confirmed("pm_sandbox_slow_bank", capture_method="automatic")
    await calls.post(f"http://sandbox/stripe/bank/{intent_id}/approve")
    refund = (await calls.ask("/refunds", {"payment_intent": intent_id})).json()
    assert "pending" == refund["status"]
    assert 200 == (await calls.post(f"http://sandbox/stripe/bank/{refund['id']}/{button}")).status_code
    assert 400 == (await calls.post(f"http://sandbox/stripe/bank/{refund['id']}/{button}")).status_code
    (payment,) = (await calls.get("http://sandbox/state")).json()["payments"]
    assert given_back == payment["refunded"]


async def test_state_counts_what_happened_to_the_money(calls: StripeCalls) -> None:
    released, taken = await calls.confirmed(), await calls.captured()
    await calls.ask(f"/payment_intents/{released}/cancel")
    await calls.ask("/refunds", {"payment_intent": taken, "amount": "500"})
    payments = {payment["id"]: payment for payment in (await calls.get("http://sandbox/state")).json()["payments"]}
    counted = {
        intent_id: (row["booking_id"], row["authorised"], row["captured"], row["refunded"]) for intent_id, row in payments.items()
    }
    assert {released: ("b1", 0, 0, 0), taken: ("b1", 2500, 2500, 500)} == counted


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/v1/payment_intents", "create"),
        ("POST", "/v1/payment_intents/pi_1", "update"),
        ("POST", "/v1/payment_intents/pi_1/confirm", "authorise"),
        ("POST", "/v1/payment_intents/pi_1/capture", "capture"),
        ("POST", "/v1/payment_intents/pi_1/cancel", "void"),
        ("POST", "/v1/refunds", "refund"),
        ("GET", "/v1/refunds", "look"),
        ("GET", "/v1/payment_intents/pi_1", "look"),
        ("POST", "/bank/pi_1/approve", None),
        ("GET", "/bank/pi_1", None),
    ],
)
def test_calls_go_by_the_switchboards_names(method: str, path: str, operation: str | None) -> None:
    assert operation == operation_of(method, path)


async def test_the_id_of_a_method_may_tell_whose_it_is_and_a_fault_may_be_meant_for_them(calls: StripeCalls) -> None:
    fault = {"vendor": "stripe", "operation": "look", "mode": "error_500", "only": ["ada"]}
    (await calls.post("http://sandbox/faults", json=fault)).raise_for_status()
    found = [(await calls.get(f"/payment_methods/pm_card_visa-{who}")).status_code for who in ("eve", "ada", "ada")]
    assert [200, 500, 200] == found
    declined = f"/payment_intents/{await calls.confirmed('pm_card_chargeDeclined-ada')}"
    assert "generic_decline" == (await calls.get(declined)).json()["last_payment_error"]["decline_code"]
