"""Series from HTTP to the vendors' books: what is paid, written, told and given back of each occurrence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sandbox.faults import Mode
from tests.api.shop import CUSTOMER
from tests.journeys.deployment import Deployment
from tests.journeys.salon import CARD, DECLINED_CARD, Salon, open_salon
from tests.waiting import until

A_MONTH = 24.0 * 30
DECLINES_LATER = "pm_sandbox_declinesLater"


@dataclass(frozen=True, slots=True)
class Course:
    """One customer and their series."""

    salon: Salon
    id: str
    token: str
    email: str
    bookings: tuple[str, ...]

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}"}
        return await self.salon.deployment.http.post(f"/api/v1/series/{self.id}{path}", json=body, headers=bearer)

    async def show(self) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {self.token}"}
        answer = await self.salon.deployment.http.get(f"/api/v1/series/{self.id}", headers=bearer)
        return dict(answer.raise_for_status().json())

    async def confirm(self, method: str = CARD) -> httpx.Response:
        return await self.post("/confirm", {"payment_method": method})

    async def statuses(self) -> list[str]:
        return [one["status"] for one in (await self.show())["occurrences"]]

    async def payments(self) -> list[tuple[int, int]]:
        """What the vendor took and gave back, by payment, of all bookings of the series."""
        state = await self.salon.deployment.vendors.state()
        return [(one["captured"], one["refunded"]) for one in state["payments"] if one["booking_id"] in self.bookings]

    async def events(self) -> int:
        state = await self.salon.deployment.vendors.state()
        found = [one for one in state["calendar_events"] if one["booking_id"] in self.bookings and one["status"] == "confirmed"]
        return len(found)

    async def mails(self) -> list[dict[str, Any]]:
        state = await self.salon.deployment.vendors.state()
        return [one for one in state["messages"] if one["to"] == self.email]

    async def comes_to(self, payments: list[tuple[int, int]], events: int) -> None:
        """Waits until the vendors have done just this; shows what they did instead."""
        found: object = None

        async def has_come() -> bool:
            nonlocal found
            found = (sorted(await self.payments()), await self.events())
            return found == (sorted(payments), events)

        try:
            await until(has_come, every=0.1)
        except TimeoutError:
            assert (sorted(payments), events) == found


async def book(salon: Salon, count: int = 4, **changed: Any) -> Course:
    email = f"{uuid4().hex}@example.com"
    body = {
        "service_id": salon.service_id,
        "provider_id": salon.provider_id,
        "starts_at": salon.starts_at.isoformat(),
        "rrule": f"FREQ=DAILY;COUNT={count}",
        "customer": CUSTOMER | {"email": email},
        "payment": "at_once",
    }
    answer = await salon.deployment.http.post("/api/v1/series", json=body | changed)
    assert answer.status_code == 201, answer.text
    series = answer.json()
    bookings = tuple(one["booking_id"] for one in series["occurrences"] if one["booking_id"])
    salon.deployment.booked.extend([f"series-{series['id']}", *(f"booking-{one}" for one in bookings)])
    return Course(salon, series["id"], series["manage_token"], email, bookings)


@pytest.fixture
async def soon(system: Deployment) -> AsyncIterator[Salon]:
    """A business that charges each occurrence as soon as the series is confirmed, and gives an hour to pay otherwise."""
    async with system.another_api(series_charge_hours=A_MONTH, series_pay_hours=1) as deployment:
        yield (await open_salon(system)).moved_to(deployment)
        await system.tidy_up()


async def test_at_once_is_one_payment_one_message_and_an_event_for_each(salon: Salon) -> None:
    course = await book(salon)
    answer = await course.confirm()
    assert (200, "confirmed") == (answer.status_code, answer.json()["status"]), answer.text
    await course.comes_to([(20_000, 0)], 4)
    assert [(5000, 0)] * 4 == [(one["paid"], one["refunded"]) for one in (await course.show())["occurrences"]]
    await until(course.mails)
    (mail,) = [one for one in await course.mails() if one["channel"] == "email"]
    assert 4 == mail["ics"].count("BEGIN:VEVENT") == len({line for line in mail["ics"].split() if line.startswith("UID:")})
    assert 4 <= mail["text"].count("(Europe/Berlin)")


async def test_cancelling_one_then_from_here_then_all_gives_back_the_part_of_each(salon: Salon) -> None:
    course = await book(salon, 5)
    await course.confirm()
    await course.comes_to([(25_000, 0)], 5)
    one = await course.post("/cancel", {"scope": "one", "booking_id": course.bookings[1]})
    assert (200, [1]) == (one.status_code, cancelled(one))
    await course.comes_to([(25_000, 5_000)], 4)
    quote = await salon.deployment.http.get(
        f"/api/v1/series/{course.id}/cancellation",
        params={"scope": "from_here", "booking_id": course.bookings[3]},
        headers={"Authorization": f"Bearer {course.token}"},
    )
    assert (10_000, 0) == (quote.json()["refund"], quote.json()["kept"])
    later = await course.post("/cancel", {"scope": "from_here", "booking_id": course.bookings[3]})
    assert [1, 3, 4] == cancelled(later)
    await course.comes_to([(25_000, 15_000)], 2)
    for _ in range(2):
        everything = await course.post("/cancel", {"scope": "all"})
        assert [0, 1, 2, 3, 4] == cancelled(everything)
    await course.comes_to([(25_000, 25_000)], 0)


def cancelled(answer: httpx.Response) -> list[int]:
    return [one["number"] for one in answer.json()["occurrences"] if one["status"] == "cancelled"]


async def test_one_occurrence_moves_like_every_booking_and_the_others_stay(salon: Salon) -> None:
    course = await book(salon, 3)
    await course.confirm()
    await course.comes_to([(15_000, 0)], 3)
    at = salon.starts_at + timedelta(days=1, hours=3)
    moved = await salon.shop.post(f"/bookings/{course.bookings[1]}/reschedule", {"starts_at": at.isoformat()})
    assert (200, at.isoformat()) == (moved.status_code, moved.json()["starts_at"]), moved.text
    assert [salon.starts_at, at, salon.starts_at + timedelta(days=2)] == await starts(course)
    assert ["confirmed"] * 3 == await course.statuses()


async def starts(course: Course) -> list[Any]:
    zone = course.salon.starts_at.tzinfo
    shown = (await course.show())["occurrences"]
    return [type(course.salon.starts_at).fromisoformat(one["starts_at"]).astimezone(zone) for one in shown]


async def test_a_declined_card_leaves_all_held_and_another_pays(salon: Salon) -> None:
    course = await book(salon, 3)
    assert 402 == (await course.confirm(DECLINED_CARD)).status_code
    assert ["pending"] * 3 == await course.statuses()
    assert 200 == (await course.confirm()).status_code
    await course.comes_to([(15_000, 0)], 3)


@pytest.mark.parametrize("operation", ["create", "authorise", "capture"])
async def test_an_answer_of_the_bank_that_is_lost_pays_once(salon: Salon, operation: str) -> None:
    course = await book(salon, 3)
    await salon.deployment.vendors.fail("stripe", operation, Mode.TIMEOUT_AFTER)
    assert 200 == (await course.confirm()).status_code
    await course.comes_to([(15_000, 0)], 3)


async def test_nobody_confirms_and_every_time_is_free_again(hasty_salon: Salon) -> None:
    course = await book(hasty_salon, 3)

    async def has_expired() -> bool:
        return await course.statuses() == ["expired"] * 3

    await until(has_expired)
    assert [] == await hasty_salon.claims()
    assert 410 == (await course.confirm()).status_code


async def test_each_is_paid_by_itself_on_the_card_that_paid_for_the_first(soon: Salon) -> None:
    course = await book(soon, 3, payment="per_occurrence")
    await course.confirm()
    await course.comes_to([(5_000, 0)] * 3, 3)
    for booking in course.bookings:
        effects = await soon.deployment.vendors.effects(booking, course.email)
        assert (1, 5_000) == (effects.payments, effects.captured), "each under its own name"
    await course.post("/cancel", {"scope": "from_here", "booking_id": course.bookings[1]})
    await course.comes_to([(5_000, 0), (5_000, 5_000), (5_000, 5_000)], 1)


async def test_a_card_that_is_refused_later_is_told_and_another_pays(soon: Salon) -> None:
    course = await book(soon, 2, payment="per_occurrence")
    await course.confirm(DECLINES_LATER)

    async def is_told() -> bool:
        return any("Please pay" in str(mail) for mail in await course.mails())

    await until(is_told)
    assert ["confirmed"] * 2 == await course.statuses()
    path = f"/bookings/{course.bookings[1]}/pay"
    assert 402 == (await soon.shop.post(path, {"payment_method": DECLINED_CARD})).status_code
    paid = await soon.shop.post(path, {"payment_method": CARD})
    assert (200, "captured") == (paid.status_code, paid.json()["payment"]["state"]), paid.text
    assert [5_000, 5_000] == sorted(captured for captured, _ in await course.payments() if captured)


async def test_what_is_not_paid_in_its_time_is_free_again(system: Deployment) -> None:
    async with system.another_api(series_charge_hours=A_MONTH, series_pay_hours=1 / 3600) as deployment:
        course = await book((await open_salon(system)).moved_to(deployment), 2, payment="per_occurrence")
        await course.confirm(DECLINES_LATER)

        async def is_released() -> bool:
            return await course.statuses() == ["confirmed", "cancelled"]

        await until(is_released)
        assert 5_000 == sum(captured - refunded for captured, refunded in await course.payments())
        shown = await course.salon.shop.get(f"/bookings/{course.bookings[1]}")
        assert "unpaid" == shown.json()["status_reason"]
        await system.tidy_up()


async def test_two_customers_at_once_want_the_same_series_and_one_has_it(salon: Salon) -> None:
    course = await book(salon, 4)
    other = {
        "service_id": salon.service_id,
        "provider_id": None,
        "starts_at": (salon.starts_at + timedelta(days=1)).isoformat(),
        "rrule": "FREQ=DAILY;COUNT=6",
        "customer": CUSTOMER,
    }
    refused = await salon.deployment.http.post("/api/v1/series", json=other)
    assert (409, "occurrences-refused") == (refused.status_code, refused.json()["code"])
    assert ["taken"] * 3 + [None] * 3 == [one["rule"] for one in refused.json()["occurrences"]]
    assert sorted(course.bookings) == sorted(str(booking) for booking in await salon.claims())
