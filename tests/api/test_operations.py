"""Operators over HTTP: who may, what is refused, what a repeat comes to, and the list of what is stuck."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from api.commands.outcomes import BookingIsOver
from domain.bookings import BookingRef
from domain.money import Money
from domain.operations import OperationKind, StepUnderWay
from domain.payments import Payment, PaymentState
from store import payments
from tests.api.shop import WHICHEVER, FakeCommands, Shop, problem

RETRY = {"step": "refund:cancel/0"}
SETTLED = {"step": "refund:cancel/0", "done": "refunded", "reason": "by bank transfer"}


@pytest.fixture
async def booked(shop: Shop, nine_in_a_week: datetime) -> dict[str, Any]:
    """One that is held."""
    service_id = await shop.service()
    answer = await shop.book(service_id, await shop.provider(service_id), nine_in_a_week)
    assert 201 == answer.status_code, answer.text
    return dict(answer.json())


@pytest.fixture
async def confirmed(shop: Shop, booked: dict[str, Any], pool: asyncpg.Pool) -> BookingRef:
    """One that is paid for."""
    answer = await shop.post(f"/bookings/{booked['id']}/confirm", {"payment_method": "pm_card_visa"})
    assert 200 == answer.status_code, answer.text
    booking = BookingRef(shop.business_id, UUID(booked["id"]))
    paid = Payment("pi_1", PaymentState.CAPTURED, Money(5000, "EUR"))
    await payments.save(pool, booking, "stripe", paid, key="payment-captured", kind="payment_captured")
    return booking


def path(booking: BookingRef, operation: str = "") -> str:
    return f"/bookings/{booking.booking_id}/operations{f'/{operation}' if operation else ''}"


async def show(shop: Shop, booking: BookingRef) -> dict[str, Any]:
    answer = await shop.get(path(booking))
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


async def stuck(shop: Shop, **query: Any) -> list[tuple[str, str]]:
    answer = await shop.get("/operations/stuck", **({"older_than_minutes": 0} | query))
    assert 200 == answer.status_code, answer.text
    return [(one["thing"], one["step"]) for one in answer.json()["items"]]


async def test_only_the_business_itself_operates(
    shop: Shop, other_shop: Shop, booked: dict[str, Any], client: httpx.AsyncClient
) -> None:
    address = f"/bookings/{booked['id']}/operations"
    token = {"Authorization": f"Bearer {booked['manage_token']}"}
    for headers, refusal in ((token, 401), ({}, 401), (other_shop.auth, 404)):
        assert refusal == (await client.get(f"/api/v1{address}", headers=headers)).status_code
        answer = await client.post(f"/api/v1{address}/retry", json=RETRY, headers=headers)
        assert refusal == answer.status_code
    assert 401 == (await client.get("/api/v1/operations/stuck", headers=token)).status_code
    assert 200 == (await shop.get(address)).status_code


async def test_it_shows_what_is_under_way_and_what_may_be_done(shop: Shop, confirmed: BookingRef, commands: FakeCommands) -> None:
    since = datetime.now(UTC)
    commands.steps.append(StepUnderWay("email:confirmation", since, False, None, (OperationKind.RETRY, OperationKind.SKIP)))
    shown = await show(shop, confirmed)
    (step,) = shown["under_way"]
    assert ("email:confirmation", ["retry", "skip"]) == (step["step"], step["operations"])
    assert since == datetime.fromisoformat(step["since"])
    assert ({"amount": 5000, "currency": "EUR"}, False, True) == (
        shown["refundable"],
        shown["may_give_up_hold"],
        shown["is_live"],
    )
    assert "confirmation" in shown["resendable"] and "cancelled" not in shown["resendable"]


async def test_without_a_worker_the_books_still_tell(shop: Shop, confirmed: BookingRef, commands: FakeCommands) -> None:
    commands.polling = False
    shown = await show(shop, confirmed)
    assert (False, [], "confirmed") == (shown["is_live"], shown["under_way"], shown["status"])


async def test_each_operation_is_written_down_with_its_key(
    shop: Shop, confirmed: BookingRef, commands: FakeCommands, pool: asyncpg.Pool
) -> None:
    commands.steps.append(StepUnderWay("email:confirmation", datetime.now(UTC), False, None, ()))
    for operation, body in {
        "retry": {"step": "email:confirmation"},
        "skip": {"step": "email:confirmation"},
        "refund": {"amount": 1200, "reason": "the heating had failed"},
        "resend": {"message": "confirmation", "channel": "email", "email": "hopper@example.com"},
    }.items():
        answer = await shop.post(path(confirmed, operation), body, **WHICHEVER)
        assert 200 == answer.status_code, answer.text
    key_id = await pool.fetchval("SELECT id FROM api_keys WHERE business_id = $1", shop.business_id)
    done = (await show(shop, confirmed))["done"]
    assert ["retry", "skip", "refund", "resend"] == [one["operation"] for one in done]
    assert {f"key:{key_id}"} == {one["by"] for one in done}
    assert "the heating had failed" == done[2]["reason"]
    timeline = (await shop.get(f"/bookings/{confirmed.booking_id}/timeline")).json()["items"]
    told = [entry["detail"] for entry in timeline if entry["kind"] == "operation"]
    assert 4 == len(told) and "heating" not in str(told) and "hopper" not in str(told)
    assert "hopper@example.com" == (await shop.get(f"/bookings/{confirmed.booking_id}")).json()["customer"]["email"]


async def test_a_repeat_is_one_refund(shop: Shop, confirmed: BookingRef) -> None:
    body = {"amount": 1200, "reason": "goodwill"}
    first = await shop.post(path(confirmed, "refund"), body, **{"Idempotency-Key": "monday-1"}, **WHICHEVER)
    again = await shop.post(path(confirmed, "refund"), body, **{"Idempotency-Key": "monday-1"}, **WHICHEVER)
    assert ("requested", "done-before") == (first.json()["outcome"], again.json()["outcome"])
    assert "true" == again.headers["Idempotent-Replayed"]
    assert {"amount": 3800, "currency": "EUR"} == (await show(shop, confirmed))["refundable"]
    other = await shop.post(path(confirmed, "refund"), body | {"amount": 5}, **{"Idempotency-Key": "monday-1"}, **WHICHEVER)
    assert (422, "idempotency-key-reused") == problem(other)[:2]


async def test_more_than_what_is_left_points_at_the_amount(shop: Shop, confirmed: BookingRef) -> None:
    answer = await shop.post(path(confirmed, "refund"), {"amount": 5001, "reason": "goodwill"}, **WHICHEVER)
    assert (422, "invalid-request", ["/amount"]) == problem(answer)
    await shop.post(path(confirmed, "refund"), {"reason": "goodwill"}, **WHICHEVER)
    again = await shop.post(path(confirmed, "refund"), {"reason": "goodwill"}, **WHICHEVER)
    assert (409, "not-allowed-now", []) == problem(again)
    assert 1 == len((await show(shop, confirmed))["done"])


@pytest.mark.parametrize(
    ("operation", "body", "refusal"),
    [
        ("retry", RETRY, (409, "step-not-under-way", [])),
        ("skip", {"step": "void-payment"}, (409, "step-not-under-way", [])),
        ("settle", SETTLED, (409, "step-not-under-way", [])),
        ("settle", SETTLED | {"step": "nonsense"}, (422, "invalid-request", ["/step"])),
        ("settle", SETTLED | {"done": "deleted"}, (422, "invalid-request", ["/done"])),
        ("settle", SETTLED | {"done": "forgotten"}, (422, "invalid-request", ["/done"])),
        ("settle", SETTLED | {"reason": " "}, (422, "invalid-request", ["/reason"])),
        ("retry", {"step": "Two words"}, (422, "invalid-request", ["/step"])),
        ("retry", RETRY | {"force": True}, (422, "invalid-request", ["/force"])),
        ("refund", {"amount": 0, "reason": "why"}, (422, "invalid-request", ["/amount"])),
        ("refund", {"amount": 5}, (422, "invalid-request", ["/reason"])),
        ("resend", {"message": "cancelled", "channel": "email"}, (409, "not-allowed-now", [])),
        ("resend", {"message": "confirmation", "channel": "pigeon"}, (422, "invalid-request", ["/channel"])),
        ("resend", {"message": "confirmation", "channel": "email", "email": "nobody"}, (422, "invalid-request", ["/email"])),
        (
            "resend",
            {"message": "confirmation", "channel": "sms", "recipient": "provider"},
            (422, "invalid-request", ["/channel"]),
        ),
        ("give-up-hold", {}, (409, "not-allowed-now", [])),
    ],
)
async def test_what_makes_no_sense_is_refused_and_writes_nothing(
    shop: Shop, confirmed: BookingRef, operation: str, body: dict[str, Any], refusal: tuple[int, str, list[str]]
) -> None:
    assert refusal == problem(await shop.post(path(confirmed, operation), body, **WHICHEVER))
    assert [] == (await show(shop, confirmed))["done"]


async def test_a_hold_is_given_up_and_has_nothing_to_give_back(shop: Shop, booked: dict[str, Any]) -> None:
    address = f"/bookings/{booked['id']}/operations"
    assert (409, "not-allowed-now", []) == problem(await shop.post(f"{address}/refund", {"reason": "goodwill"}, **WHICHEVER))
    assert "done" == (await shop.post(f"{address}/give-up-hold", {"reason": "rang up"})).json()["outcome"]
    assert "cancelled" == (await shop.get(f"/bookings/{booked['id']}")).json()["status"]
    assert (409, "not-allowed-now", []) == problem(await shop.post(f"{address}/give-up-hold", {}))


async def test_a_workflow_that_is_gone_is_a_refusal(shop: Shop, confirmed: BookingRef, commands: FakeCommands) -> None:
    commands.refusal = BookingIsOver()
    assert (409, "not-allowed-now", []) == problem(await shop.post(path(confirmed, "retry"), RETRY))


async def test_a_refund_that_was_settled_is_not_stuck_any_more(shop: Shop, confirmed: BookingRef) -> None:
    await shop.post(path(confirmed, "refund"), {"amount": 700, "reason": "goodwill"}, **WHICHEVER)
    assert [("refund-not-done", "refund:operator.1/0")] == await stuck(shop)
    assert [] == await stuck(shop, older_than_minutes=10)
    settled = SETTLED | {"step": "refund:operator.1/0"}
    assert 200 == (await shop.post(path(confirmed, "settle"), settled, **WHICHEVER)).status_code
    assert [] == await stuck(shop)
    shown = (await shop.get(f"/bookings/{confirmed.booking_id}")).json()
    assert (700, "succeeded") == (shown["payment"]["refunded"], shown["refunds"][0]["state"])


async def test_the_list_of_what_is_stuck_comes_in_pages(shop: Shop, confirmed: BookingRef) -> None:
    for amount in (100, 200, 300):
        await shop.post(path(confirmed, "refund"), {"amount": amount, "reason": "goodwill"}, **WHICHEVER)
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = (
            await shop.get("/operations/stuck", older_than_minutes=0, limit=1, **({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [one["step"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert (["refund:operator.1/0", "refund:operator.2/0", "refund:operator.3/0"], None) == (seen, cursor)
    assert (422, "invalid-request", ["cursor"]) == problem(await shop.get("/operations/stuck", cursor="bm9uc2Vuc2U"))


async def test_another_business_sees_nothing_of_it(shop: Shop, other_shop: Shop, confirmed: BookingRef) -> None:
    await shop.post(path(confirmed, "refund"), {"amount": 700, "reason": "goodwill"}, **WHICHEVER)
    assert ([], 1) == (await stuck(other_shop), len(await stuck(shop)))


async def test_a_hold_that_did_not_end_is_stuck(shop: Shop, booked: dict[str, Any], pool: asyncpg.Pool) -> None:
    ended = datetime.now(UTC) - timedelta(hours=1)
    await pool.execute("UPDATE bookings SET hold_expires_at = $2 WHERE business_id = $1", shop.business_id, ended)
    assert [("hold-not-released", "hold")] == await stuck(shop, older_than_minutes=30)
    answer = (await shop.get("/operations/stuck")).json()
    assert (["give-up-hold"], "docs/runbooks/hold-not-released.md") == (
        answer["items"][0]["operations"],
        answer["items"][0]["runbook"],
    )
