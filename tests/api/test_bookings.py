"""From holding a slot to its end, over HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from api.commands.outcomes import BookingIsOver, ConfirmOutcome, Progress, Unavailable
from domain.bookings import BookingRef
from domain.errors import HoldExpired, PaymentDeclined, SlotTaken, TransitionNotAllowed
from domain.money import Money
from domain.payments import NextAction, Payment, PaymentState
from store import payments
from tests.api.shop import FakeCommands, Shop, problem

CARD = {"payment_method": "pm_card_visa"}


async def confirm(shop: Shop, booking: dict[str, Any], body: Any = None, token: str | None = None) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token or booking['manage_token']}"}
    path = f"/api/v1/bookings/{booking['id']}/confirm"
    return await (
        shop.client.post(path, json=body, headers=bearer) if body is not None else shop.client.post(path, headers=bearer)
    )


async def held(shop: Shop, starts_at: datetime, **service: Any) -> dict[str, Any]:
    service_id = await shop.service(**service)
    answer = await shop.book(service_id, await shop.provider(service_id), starts_at)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_slot_is_offered_held_confirmed_and_told(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    query = {"service_id": service, "date": nine_in_a_week.date().isoformat()}
    offered = (await shop.client.get(f"/api/v1/providers/{provider}/slots", params=query)).json()["slots"]
    assert nine_in_a_week.isoformat() == offered[0]["starts_at"]

    answer = await shop.book(service, provider, offered[0]["starts_at"])
    booking = answer.json()
    assert (201, "pending") == (answer.status_code, booking["status"])
    assert f"/api/v1/bookings/{booking['id']}" == answer.headers["location"]
    assert timedelta(minutes=4) < datetime.fromisoformat(booking["hold_expires_at"]) - datetime.now(UTC) <= timedelta(minutes=5)
    assert ("Europe/Berlin", {"amount": 5000, "currency": "EUR"}) == (booking["timezone"], booking["price"])
    assert ("+4930901820", "Europe/Berlin") == (booking["customer"]["phone"], booking["customer"]["timezone"])

    confirmed = await confirm(shop, booking, CARD)
    assert (200, "confirmed") == (confirmed.status_code, confirmed.json()["status"])
    assert "manage_token" not in confirmed.json()
    timeline = (await shop.get(f"/bookings/{booking['id']}/timeline")).json()
    assert ["held", "confirming", "confirmed"] == [entry["kind"] for entry in timeline["items"]]
    assert "Europe/Berlin" == timeline["timezone"]
    assert timeline["items"][0]["at"].endswith(("+01:00", "+02:00"))


async def test_a_taken_slot_costs_no_workflow_and_names_the_next_free_ones(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """C8: book over a hold."""
    service = await shop.service(slot_step_minutes=60)
    provider = await shop.provider(service)
    assert 201 == (await shop.book(service, provider, nine_in_a_week)).status_code
    answer = await shop.book(service, provider, nine_in_a_week)
    assert (409, "slot-taken", ["/starts_at"]) == problem(answer)
    hours = [(nine_in_a_week + timedelta(hours=n)).isoformat() for n in range(1, 6)]
    assert hours == [slot["starts_at"] for slot in answer.json()["next_slots"]]
    assert 1 == len(commands.orders)


async def test_a_lost_race_is_a_conflict(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    commands.refusal = SlotTaken("this time was just taken")
    answer = await shop.book(service, provider, nine_in_a_week)
    assert (409, "slot-taken", ["/starts_at"]) == problem(answer)
    assert 1 == len(commands.orders)


async def test_many_at_once_get_one_booking(shop: Shop, nine_in_a_week: datetime) -> None:
    """C1."""
    service = await shop.service()
    provider = await shop.provider(service)
    answers = await asyncio.gather(*(shop.book(service, provider, nine_in_a_week) for _ in range(20)))
    assert [201] + [409] * 19 == sorted(answer.status_code for answer in answers)


async def test_any_provider_means_the_one_with_the_least_to_do_that_day(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    first, second = await shop.provider(service), await shop.provider(service)
    chosen = [(await shop.book(service, None, nine_in_a_week + timedelta(hours=n))).json()["provider_id"] for n in (0, 2, 4)]
    assert [first, second, first] == chosen


async def test_any_provider_goes_on_to_the_next_when_a_race_is_lost(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """C1: "any provider", and the chosen one was taken between look and hold."""
    service = await shop.service()
    first, second = await shop.provider(service), await shop.provider(service)
    at_nine = await shop.book(service, second, nine_in_a_week + timedelta(hours=4))  # so that the first is asked first
    assert 201 == at_nine.status_code
    commands.lost_races.add(UUID(first))
    answer = await shop.book(service, None, nine_in_a_week, key="any-1")
    assert (201, second) == (answer.status_code, answer.json()["provider_id"])
    again = await shop.book(service, None, nine_in_a_week, key="any-1")
    assert answer.json() == again.json()


async def test_any_provider_is_taken_when_all_are(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    await shop.provider(service)
    await shop.provider(service)
    codes = [(await shop.book(service, None, nine_in_a_week)).status_code for _ in range(3)]
    assert [201, 201, 409] == codes


@pytest.mark.parametrize("refusal", [Unavailable("the slot could not be held"), SlotTaken("this time was just taken")])
async def test_the_same_key_may_succeed_after_a_refusal(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, refusal: Exception
) -> None:
    """The refused workflow keeps its answer under its own id, which says nothing of how things are by now."""
    service = await shop.service()
    provider = await shop.provider(service)
    commands.refusal = refusal
    assert (await shop.book(service, provider, nine_in_a_week, key="refused")).status_code in (409, 503)
    commands.refusal, commands.spent = None, {commands.orders[0].booking_id}
    answer = await shop.book(service, provider, nine_in_a_week, key="refused")
    assert 201 == answer.status_code
    assert answer.json() == (await shop.book(service, provider, nine_in_a_week, key="refused")).json()


async def test_the_same_key_and_body_is_the_same_booking(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    first = await shop.book(service, provider, nine_in_a_week, key="k1")
    assert "idempotent-replayed" not in first.headers
    await confirm(shop, first.json(), CARD)
    again = await shop.book(service, provider, nine_in_a_week, key="k1")
    assert (201, first.json()) == (again.status_code, again.json())
    assert "true" == again.headers["idempotent-replayed"]
    assert 1 == len(commands.orders)


async def test_the_same_key_at_the_same_time_is_one_booking(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    answers = await asyncio.gather(*(shop.book(service, provider, nine_in_a_week, key="k2") for _ in range(8)))
    assert [201] * 8 == [answer.status_code for answer in answers]
    assert 1 == len({answer.json()["id"] for answer in answers})


async def test_the_same_key_with_another_body_is_refused(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    await shop.book(service, provider, nine_in_a_week, key="k3")
    other = await shop.book(service, provider, nine_in_a_week + timedelta(hours=2), key="k3")
    assert (422, "idempotency-key-reused", []) == problem(other)


async def test_the_same_key_in_two_businesses_is_two_bookings(shop: Shop, other_shop: Shop, nine_in_a_week: datetime) -> None:
    ids = set()
    for business in (shop, other_shop):
        service = await business.service()
        ids.add((await business.book(service, await business.provider(service), nine_in_a_week, key="k4")).json()["id"])
    assert 2 == len(ids)


async def test_seats_of_a_session_are_sold_until_they_are_gone(shop: Shop, nine_in_a_week: datetime) -> None:
    """C6."""
    service = await shop.service(capacity=3)
    provider = await shop.provider(service)
    first = await shop.book(service, provider, nine_in_a_week, seats=2)
    assert (201, 10000) == (first.status_code, first.json()["price"]["amount"])
    refused = await shop.book(service, provider, nine_in_a_week, seats=2)
    assert (409, "slot-taken", ["/seats"]) == problem(refused)
    assert all(slot["seats_left"] >= 2 for slot in refused.json()["next_slots"])
    assert 201 == (await shop.book(service, provider, nine_in_a_week, seats=1)).status_code
    assert 1 == await shop.pool.fetchval("SELECT count(*) FROM claims WHERE business_id = $1", shop.business_id)


async def test_a_lapsed_hold_is_free_for_the_next_customer(shop: Shop, nine_in_a_week: datetime) -> None:
    booking = await held(shop, nine_in_a_week)
    await shop.pool.execute(
        "UPDATE claim_seats SET expires_at = now() - interval '1 second' WHERE business_id = $1", shop.business_id
    )
    answer = await shop.book(booking["service_id"], booking["provider_id"], nine_in_a_week)
    assert 201 == answer.status_code


async def test_a_payment_method_is_asked_for_exactly_where_something_is_paid(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    paid = await held(shop, nine_in_a_week)
    for body in (None, {}, {"payment_method": None}):
        assert (422, "invalid-request", ["/payment_method"]) == problem(await confirm(shop, paid, body))
    for bad in ({"payment_method": ""}, {"payment_method": "pm card"}, {"payment_method": 4}):
        assert (422, "invalid-request", ["/payment_method"]) == problem(await confirm(shop, paid, bad))
    free = await held(shop, nine_in_a_week, payment="none")
    assert (422, "invalid-request", ["/payment_method"]) == problem(await confirm(shop, free, CARD))
    assert 200 == (await confirm(shop, free)).status_code
    assert [(None, None)] == commands.confirmed_with


@pytest.mark.parametrize(
    ("refusal", "expected", "member"),
    [
        (PaymentDeclined("no", decline_code="no_money"), (402, "payment-declined", []), ("decline_code", "no_money")),
        (HoldExpired("too late"), (410, "hold-expired", []), None),
        (TransitionNotAllowed("not now", status="expired"), (409, "not-allowed-now", []), ("booking_status", "expired")),
        (Unavailable("no worker"), (503, "unavailable", []), None),
        (ConnectionRefusedError(), (503, "unavailable", []), None),
        (asyncpg.InterfaceError("connection is closed"), (503, "unavailable", []), None),
        (asyncpg.InternalClientError("got result for unknown protocol state"), (503, "unavailable", []), None),
    ],
)
async def test_confirming_tells_how_it_was_refused(
    shop: Shop,
    commands: FakeCommands,
    nine_in_a_week: datetime,
    refusal: Exception,
    expected: tuple[int, str, list[str]],
    member: tuple[str, str] | None,
) -> None:
    booking = await held(shop, nine_in_a_week)
    commands.refusal = refusal
    answer = await confirm(shop, booking, CARD)
    assert expected == problem(answer)
    if member:
        assert member[1] == answer.json()[member[0]]
    assert (503 == answer.status_code) == ("retry-after" in answer.headers)


async def test_confirming_that_takes_long_is_accepted(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await held(shop, nine_in_a_week)
    commands.outcome = ConfirmOutcome(Progress.WORKING)
    answer = await confirm(shop, booking, CARD)
    assert (202, "2") == (answer.status_code, answer.headers["retry-after"])


async def test_a_customer_who_has_to_act_is_told_what_to_do(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await held(shop, nine_in_a_week)
    commands.outcome = ConfirmOutcome(Progress.ACTION_REQUIRED, NextAction("redirect_to_url", "https://bank.example/3ds", None))
    answer = await confirm(shop, booking, CARD | {"return_url": "https://salon.example/back"})
    assert 202 == answer.status_code
    assert {"kind": "redirect_to_url", "url": "https://bank.example/3ds", "client_secret": None} == answer.json()["next_action"]
    assert [("pm_card_visa", "https://salon.example/back")] == commands.confirmed_with


async def test_confirming_again_finds_it_confirmed(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    """C33: "could not book", but it went through."""
    booking = await held(shop, nine_in_a_week)
    first = await confirm(shop, booking, CARD)
    commands.refusal = BookingIsOver()
    again = await confirm(shop, booking, CARD)
    assert (200, first.json()) == (again.status_code, again.json())


async def test_a_booking_that_is_over_is_not_confirmed(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await held(shop, nine_in_a_week)
    await cancel(shop, booking)
    assert (409, "not-allowed-now", []) == problem(await confirm(shop, booking, CARD))


async def cancel(shop: Shop, booking: dict[str, Any], reason: Any = None) -> httpx.Response:
    path = f"/api/v1/bookings/{booking['id']}/cancel"
    bearer = {"Authorization": f"Bearer {booking['manage_token']}"}
    return await shop.client.post(path, json={} if reason is None else {"reason": reason}, headers=bearer)


async def test_who_asks_before_the_workflow_of_an_offer_has_begun_is_to_ask_again(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """The waitlist holds the time first; a worker that dies then leaves it held and nobody at it for a while."""
    booking = await held(shop, nine_in_a_week)
    commands.refusal = BookingIsOver()
    answer = await confirm(shop, booking, CARD)
    assert (503, "unavailable", []) == problem(answer)
    assert "retry-after" in answer.headers


async def test_cancelling_frees_the_slot_and_may_be_repeated(shop: Shop, nine_in_a_week: datetime) -> None:
    booking = await held(shop, nine_in_a_week)
    for _ in range(2):
        answer = await cancel(shop, booking, "Found another time")
        assert (200, "cancelled") == (answer.status_code, answer.json()["status"])
    assert 201 == (await shop.book(booking["service_id"], booking["provider_id"], nine_in_a_week)).status_code


async def test_cancelling_names_the_refund(shop: Shop, nine_in_a_week: datetime) -> None:
    booking = await held(shop, nine_in_a_week)
    payment = Payment("pi_1", PaymentState.CAPTURED, Money(5000, "EUR"), refunded=5000)
    ref = BookingRef(shop.business_id, UUID(booking["id"]))
    await payments.save(shop.pool, ref, "stripe", payment, key="k", kind="payment_refunded")
    expected = {"state": "captured", "amount": 5000, "currency": "EUR", "refunded": 5000}
    assert expected == (await cancel(shop, booking)).json()["payment"]


@pytest.mark.parametrize("reason", ["", "a\nb", "x" * 201, 7])
async def test_a_reason_that_is_no_text_is_refused(shop: Shop, nine_in_a_week: datetime, reason: Any) -> None:
    booking = await held(shop, nine_in_a_week)
    assert (422, "invalid-request", ["/reason"]) == problem(await cancel(shop, booking, reason))


async def test_a_booking_is_open_to_its_business_and_its_holder_only(
    shop: Shop, other_shop: Shop, nine_in_a_week: datetime
) -> None:
    booking = await held(shop, nine_in_a_week)
    another = await held(shop, nine_in_a_week)
    path = f"/api/v1/bookings/{booking['id']}"

    async def status(bearer: str) -> int:
        return (await shop.client.get(path, headers={"Authorization": f"Bearer {bearer}"})).status_code

    assert 200 == await status(shop.key)
    assert 200 == await status(booking["manage_token"])
    assert 401 == await status(another["manage_token"])
    assert 401 == await status(booking["manage_token"][:-1])
    assert 404 == await status(other_shop.key)
    assert 401 == (await shop.client.get(path)).status_code


async def test_another_business_sees_and_changes_nothing(shop: Shop, other_shop: Shop, nine_in_a_week: datetime) -> None:
    booking = await held(shop, nine_in_a_week)
    provider, service = booking["provider_id"], booking["service_id"]
    assert [] == (await other_shop.get("/bookings")).json()["items"]
    assert 404 == (await other_shop.get(f"/services/{service}")).status_code
    assert 404 == (await other_shop.get(f"/providers/{provider}")).status_code
    assert 404 == (await other_shop.put(f"/providers/{provider}/schedule", {"weekly": {}})).status_code
    assert (
        404 == (await other_shop.post(f"/providers/{provider}/availability", {"date": "2027-03-08", "intervals": []})).status_code
    )
    assert 404 == (await other_shop.post(f"/bookings/{booking['id']}/cancel", {})).status_code
    stolen = await other_shop.post("/providers", {"name": "X", "timezone": "UTC", "service_ids": [service]})
    assert (422, "invalid-request", ["/service_ids/0"]) == problem(stolen)
    theirs = await other_shop.provider(await other_shop.service())
    assert (422, "invalid-request", ["/provider_id"]) == problem(await shop.book(service, theirs, nine_in_a_week))


async def test_bookings_are_listed_by_what_is_asked_page_by_page(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    ada, bob = await shop.provider(service), await shop.provider(service)
    made = []
    for provider, hour in ((ada, 0), (bob, 0), (ada, 2), (bob, 4), (ada, 6)):
        made.append((await shop.book(service, provider, nine_in_a_week + timedelta(hours=hour))).json())
    seen, cursor = [], None
    while True:
        page = (await shop.get("/bookings", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += [booking["id"] for booking in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert 2 == len(page["items"])
    assert sorted(booking["id"] for booking in made) == sorted(seen)
    assert [booking["id"] for booking in sorted(made, key=lambda one: (one["starts_at"], one["id"]))] == seen

    async def ids(**query: Any) -> list[str]:
        return [booking["id"] for booking in (await shop.get("/bookings", **query)).json()["items"]]

    assert [made[0]["id"], made[2]["id"], made[4]["id"]] == await ids(provider_id=ada)
    later = {"from": made[2]["starts_at"], "to": made[4]["starts_at"]}
    assert [made[2]["id"], made[3]["id"]] == await ids(**later)
    await cancel(shop, made[3])
    assert [made[3]["id"]] == await ids(status="cancelled")
    assert [] == await ids(status="confirmed")
    assert 5 == len(await ids(customer_email="grace@example.com"))
    assert [] == await ids(customer_email="ada@example.com", provider_id=str(uuid4()))


async def test_a_time_that_the_clocks_jump_over_is_refused(shop: Shop, commands: FakeCommands) -> None:
    """C24. 02:30 does not exist in Berlin on the day summer time begins; the sender took the winter's offset."""
    service = await shop.service(max_advance_days=730)
    provider = await shop.provider(service, week={"sunday": [{"start": "00:00", "end": "24:00"}]})
    march = next(
        day
        for n in range(730)
        if (day := datetime.now(UTC).date() + timedelta(days=n)).month == 3 and day.day >= 25 and day.weekday() == 6
    )
    answer = await shop.book(service, provider, f"{march}T02:30:00+01:00")
    assert (422, "slot-not-offered", ["/starts_at"]) == problem(answer)
    assert "nonexistent-local-time" == answer.json()["rule"]
    assert [] == commands.orders
    assert 201 == (await shop.book(service, provider, f"{march}T01:30:00Z")).status_code
