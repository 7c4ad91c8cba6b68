"""Series over HTTP: what becomes of each occurrence, and who may do what to how many of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from api.commands.outcomes import BookingIsOver
from domain.errors import PaymentDeclined
from tests.api.conftest import BERLIN
from tests.api.shop import CUSTOMER, FakeCommands, Shop, problem

WEEK = timedelta(weeks=1)


@pytest.fixture
async def service(shop: Shop) -> str:
    return await shop.service(max_advance_days=120)


@pytest.fixture
async def provider(shop: Shop, service: str) -> str:
    return await shop.provider(service)


async def ask(
    shop: Shop, service: str, provider: str | None, at: datetime, path: str = "/series", **changed: Any
) -> httpx.Response:
    key = changed.pop("key", None)
    body = {
        "service_id": service,
        "provider_id": provider,
        "starts_at": at.isoformat(),
        "rrule": "FREQ=WEEKLY;COUNT=6",
        "customer": CUSTOMER,
    }
    headers = {"Idempotency-Key": key} if key else {}
    return await shop.client.post(f"/api/v1{path}", json=body | changed, headers=headers)


async def held(shop: Shop, service: str, provider: str | None, at: datetime, **changed: Any) -> dict[str, Any]:
    answer = await ask(shop, service, provider, at, **changed)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def as_customer(
    shop: Shop, series: dict[str, Any], method: str, path: str, body: Any = None, **query: Any
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {series['manage_token']}"}
    url = f"/api/v1/series/{series['id']}{path}"
    return await shop.client.request(method, url, json=body, params=query, headers=headers)


def wall(at: datetime, week: int) -> str:
    """The same time on Berlin's clock, so many weeks later."""
    return (at.replace(tzinfo=None) + week * WEEK).replace(tzinfo=BERLIN).isoformat()


async def rows(pool: asyncpg.Pool, shop: Shop) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM bookings WHERE business_id = $1", shop.business_id))


async def test_every_occurrence_is_a_held_booking(shop: Shop, service: str, provider: str, nine_in_a_week: datetime) -> None:
    series = await held(shop, service, provider, nine_in_a_week, payment="at_once")
    found = series["occurrences"]
    assert [wall(nine_in_a_week, week) for week in range(6)] == [one["starts_at"] for one in found]
    assert {("held", "pending", provider)} == {(one["result"], one["status"], one["provider_id"]) for one in found}
    assert ("pending", 30_000, 30_000, "Europe/Berlin") == (
        series["status"], series["due_now"]["amount"], series["total"]["amount"], series["timezone"]
    )  # fmt: skip
    first = await shop.client.get(
        f"/api/v1/bookings/{found[3]['booking_id']}", headers={"Authorization": f"Bearer {found[3]['manage_token']}"}
    )
    assert ("pending", series["id"]) == (first.json()["status"], first.json()["series_id"])


async def test_paid_one_by_one_only_the_first_is_due_now(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime
) -> None:
    series = await held(shop, service, provider, nine_in_a_week, seats=1)
    assert (5000, 30_000) == (series["due_now"]["amount"], series["total"]["amount"])


async def test_a_preview_says_the_same_and_holds_nothing(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime, pool: asyncpg.Pool
) -> None:
    await shop.book(service, provider, wall(nine_in_a_week, 2))
    before = await rows(pool, shop)
    answer = (await ask(shop, service, provider, nine_in_a_week, "/series/preview", payment="at_once")).json()
    assert before == await rows(pool, shop)
    results = [one["result"] for one in answer["occurrences"]]
    assert ["free", "free", "refused", "free", "free", "free"] == results
    assert (25_000, 25_000, "FREQ=WEEKLY;COUNT=6") == (answer["due_now"]["amount"], answer["total"]["amount"], answer["rrule"])
    assert ("taken", "claims") == (answer["occurrences"][2]["rule"], answer["occurrences"][2]["source"])
    assert answer["occurrences"][2]["next_slots"][0]["starts_at"] > wall(nine_in_a_week, 2)


async def test_all_or_nothing_says_of_each_why_not_and_holds_none(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime, pool: asyncpg.Pool
) -> None:
    await shop.book(service, provider, wall(nine_in_a_week, 5))
    day = (nine_in_a_week + WEEK).date().isoformat()
    await shop.post(f"/providers/{provider}/availability", {"date": day, "intervals": []})
    before = await rows(pool, shop)
    answer = await ask(shop, service, provider, nine_in_a_week)
    assert (409, "occurrences-refused", []) == problem(answer)
    rules = [(one["result"], one["rule"]) for one in answer.json()["occurrences"]]
    free = ("free", None)
    assert [free, ("refused", "closed"), free, free, free, ("refused", "taken")] == rules
    assert before == await rows(pool, shop)


async def test_the_best_effort_holds_what_is_free(shop: Shop, service: str, provider: str, nine_in_a_week: datetime) -> None:
    await shop.book(service, provider, wall(nine_in_a_week, 5))
    series = await held(shop, service, provider, nine_in_a_week, mode="best_effort")
    assert ["held"] * 5 + ["refused"] == [one["result"] for one in series["occurrences"]]
    last = series["occurrences"][5]
    assert ("taken", "claims", None) == (last["rule"], last["source"], last["booking_id"])
    assert last["next_slots"] and last["detail"] == "is taken"
    shown = (await as_customer(shop, series, "GET", "")).json()
    assert ("taken", "is taken") == (shown["occurrences"][5]["rule"], shown["occurrences"][5]["detail"])


async def test_an_occurrence_beyond_what_can_be_booked_is_refused_and_one_without_end_stops_there(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime
) -> None:
    counted = (await ask(shop, service, provider, nine_in_a_week, "/series/preview", rrule="FREQ=MONTHLY;COUNT=6")).json()
    assert {"too-far"} == {one["rule"] for one in counted["occurrences"] if one["result"] == "refused"}
    endless = (await ask(shop, service, provider, nine_in_a_week, "/series/preview", rrule="FREQ=WEEKLY")).json()
    assert {"free"} == {one["result"] for one in endless["occurrences"]}
    assert 17 == len(endless["occurrences"])  # from the seventh day to the 120th


async def test_the_series_own_occurrences_count_towards_the_limits(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(max_per_week=2)
    provider = await shop.provider(service)
    monday = nine_in_a_week + timedelta(days=7 - nine_in_a_week.weekday())
    answer = await ask(shop, service, provider, monday, "/series/preview", rrule="FREQ=DAILY;COUNT=8")
    rules = [one["rule"] for one in answer.json()["occurrences"]]
    assert [None, None, *["week-limit"] * 5, None] == rules
    series = await held(shop, service, provider, monday, rrule="FREQ=DAILY;COUNT=8", mode="best_effort")
    assert ["held", "held", *["refused"] * 5, "held"] == [one["result"] for one in series["occurrences"]]


async def test_any_provider_who_is_free_gives_each_occurrence(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime
) -> None:
    other = await shop.provider(service, name="Dr Emmy Noether", email="emmy@example.com")
    for week, taken in ((1, provider), (3, other)):
        await shop.book(service, taken, wall(nine_in_a_week, week))
    series = await held(shop, service, None, nine_in_a_week)
    assert (other, provider) == (series["occurrences"][1]["provider_id"], series["occurrences"][3]["provider_id"])


async def test_a_repeat_gets_the_first_answer_and_another_body_is_refused(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime, commands: FakeCommands
) -> None:
    first = await ask(shop, service, provider, nine_in_a_week, key="k1")
    again = await ask(shop, service, provider, nine_in_a_week, key="k1")
    assert (201, "true", 1) == (again.status_code, again.headers["Idempotent-Replayed"], len(commands.series))
    assert first.json() == again.json()
    other = await ask(shop, service, provider, nine_in_a_week, key="k1", rrule="FREQ=WEEKLY;COUNT=2")
    assert (422, "idempotency-key-reused", []) == problem(other)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"rrule": "FREQ=HOURLY"}, "/rrule"),
        ({"rrule": "FREQ=WEEKLY;UNTIL=20300101"}, "/rrule"),
        ({"rrule": "FREQ=DAILY;COUNT=201"}, "/rrule"),
        ({"rrule": "x" * 501}, "/rrule"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "/starts_at"),
        ({"seats": 2}, "/seats"),
        ({"duration_minutes": 45}, "/duration_minutes"),
        ({"service_id": "01a1fcad-aea2-74de-b75d-f7137c9b6109"}, "/service_id"),
        ({"provider_id": "01a1fcad-aea2-74de-b75d-f7137c9b6109"}, "/provider_id"),
        ({"mode": "some"}, "/mode"),
        ({"payment": "never"}, "/payment"),
    ],
)
@pytest.mark.parametrize("path", ["/series", "/series/preview"])
async def test_bad_input_names_the_field_and_writes_nothing(
    shop: Shop,
    service: str,
    provider: str,
    nine_in_a_week: datetime,
    pool: asyncpg.Pool,
    changed: dict[str, Any],
    place: str,
    path: str,
) -> None:
    answer = await ask(shop, service, provider, nine_in_a_week, path, **changed)
    assert (422, "invalid-request", [place]) == problem(answer)
    assert 0 == await rows(pool, shop)


async def test_a_start_that_the_rule_does_not_name_is_refused(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime
) -> None:
    another_day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[(nine_in_a_week.weekday() + 1) % 7]
    answer = await ask(shop, service, provider, nine_in_a_week, rrule=f"FREQ=WEEKLY;COUNT=3;BYDAY={another_day}")
    assert (422, "invalid-request", ["/starts_at"]) == problem(answer)


async def test_only_its_business_and_its_customer_see_a_series(
    shop: Shop, other_shop: Shop, service: str, provider: str, nine_in_a_week: datetime
) -> None:
    series = await held(shop, service, provider, nine_in_a_week)
    path = f"/series/{series['id']}"
    assert 200 == (await shop.get(path)).status_code
    assert (404, "not-found", []) == problem(await other_shop.get(path))
    assert 401 == (await shop.client.get(f"/api/v1{path}")).status_code
    of_a_booking = {"Authorization": f"Bearer {series['occurrences'][0]['manage_token']}"}
    assert 401 == (await shop.client.get(f"/api/v1{path}", headers=of_a_booking)).status_code


async def test_a_held_occurrence_goes_with_its_series(shop: Shop, service: str, provider: str, nine_in_a_week: datetime) -> None:
    series = await held(shop, service, provider, nine_in_a_week)
    one = await as_customer(
        shop, series, "POST", "/cancel", {"scope": "one", "booking_id": series["occurrences"][1]["booking_id"]}
    )
    assert (409, "not-allowed-now", []) == problem(one)
    assert "pending" == (await as_customer(shop, series, "GET", "")).json()["status"]
    everything = (await as_customer(shop, series, "POST", "/cancel", {"reason": "never mind"})).json()
    assert "cancelled" == everything["status"]
    assert {"cancelled"} == {each["status"] for each in everything["occurrences"]}
    assert 200 == (await as_customer(shop, series, "POST", "/cancel", {})).status_code
    assert (409, "not-allowed-now", []) == problem(
        await as_customer(shop, series, "POST", "/confirm", {"payment_method": "pm_1"})
    )


async def test_confirming_needs_a_payment_method_and_a_decline_is_402(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime, commands: FakeCommands
) -> None:
    series = await held(shop, service, provider, nine_in_a_week)
    assert (422, "invalid-request", ["/payment_method"]) == problem(await as_customer(shop, series, "POST", "/confirm", {}))
    commands.refusal = PaymentDeclined("no", decline_code="insufficient_funds")
    declined = await as_customer(shop, series, "POST", "/confirm", {"payment_method": "pm_1"})
    assert (402, "payment-declined", []) == problem(declined)
    commands.refusal = None
    for _ in range(2):
        answer = await as_customer(shop, series, "POST", "/confirm", {"payment_method": "pm_1"})
        assert (200, "confirmed") == (answer.status_code, answer.json()["status"])


async def test_a_held_occurrence_is_shown_and_ended_with_its_series_only(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime, commands: FakeCommands
) -> None:
    """It has no workflow of its own: whoever asks anything of it hears where to go."""
    series = await held(shop, service, provider, nine_in_a_week)
    booking = f"/bookings/{series['occurrences'][1]['booking_id']}"
    commands.refusal = BookingIsOver()
    shown = (await shop.get(booking)).json()
    assert ("pending", series["hold_expires_at"]) == (shown["status"], shown["hold_expires_at"])
    assert ["held"] == [entry["kind"] for entry in (await shop.get(f"{booking}/timeline")).json()["items"]]
    assert (await shop.get(f"{booking}/operations")).json()["may_give_up_hold"] is False
    for path, body in {
        "cancel": {},
        "confirm": {"payment_method": "pm_card_visa"},
        "operations/give-up-hold": {"reason": "they rang up"},
    }.items():
        answer = await shop.post(f"{booking}/{path}", body)
        assert (409, "not-allowed-now", []) == problem(answer), path
        assert series["id"] == answer.json()["series_id"], path
    assert "pending" == (await shop.get(booking)).json()["status"]


@pytest.mark.parametrize(("scope", "left"), [("one", [0, 1, 3, 4, 5]), ("from_here", [0, 1]), ("all", [])])
async def test_one_from_here_on_or_all_are_cancelled(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime, scope: str, left: list[int]
) -> None:
    series = await held(shop, service, provider, nine_in_a_week)
    await as_customer(shop, series, "POST", "/confirm", {"payment_method": "pm_1"})
    named = {} if scope == "all" else {"booking_id": series["occurrences"][2]["booking_id"]}
    quote = (await as_customer(shop, series, "GET", "/cancellation", scope=scope, **named)).json()
    assert 6 - len(left) == len(quote["items"])
    for _ in range(2):
        answer = await as_customer(shop, series, "POST", "/cancel", {"scope": scope} | named)
        assert 200 == answer.status_code, answer.text
        assert left == [one["number"] for one in answer.json()["occurrences"] if one["status"] == "confirmed"]


async def test_a_cancel_that_names_nothing_or_another_series_booking_is_refused(
    shop: Shop, service: str, provider: str, nine_in_a_week: datetime
) -> None:
    series = await held(shop, service, provider, nine_in_a_week)
    other = await held(shop, service, provider, nine_in_a_week + timedelta(hours=2))
    await as_customer(shop, series, "POST", "/confirm", {"payment_method": "pm_1"})
    nameless = await as_customer(shop, series, "POST", "/cancel", {"scope": "from_here"})
    assert (422, "invalid-request") == problem(nameless)[:2]
    strange = {"scope": "one", "booking_id": other["occurrences"][0]["booking_id"]}
    assert (422, "invalid-request", ["/booking_id"]) == problem(await as_customer(shop, series, "POST", "/cancel", strange))
    chosen = await as_customer(shop, series, "POST", "/cancel", {"refund": "full"})
    assert (422, "invalid-request", ["/refund"]) == problem(chosen)
    query = await as_customer(shop, series, "GET", "/cancellation", scope="one")
    assert (422, "invalid-request", ["booking_id"]) == problem(query)
