"""Moving a booking over HTTP: what is moved, what is refused and why, and links that are good for once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.bookings import Actor, BookingRef
from domain.errors import PaymentDeclined
from tests.api.shop import FakeCommands, Shop, problem
from tests.opening import words_of

HOUR = timedelta(hours=1)
DURATIONS = [{"duration_minutes": 90, "amount": 8000}]


class Booked:
    """A confirmed booking, as its customer meets the API."""

    def __init__(self, shop: Shop, answer: dict[str, Any]) -> None:
        self.shop = shop
        self.id: str = answer["id"]
        self.token: str = answer["manage_token"]

    @property
    def ref(self) -> BookingRef:
        return BookingRef(self.shop.business_id, UUID(self.id))

    async def move(self, at: datetime, *, key: str | None = None, by: str | None = None, **changed: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {by or self.token}"} | ({"Idempotency-Key": key} if key else {})
        body = {"starts_at": at.isoformat()} | changed
        return await self.shop.client.post(f"/api/v1/bookings/{self.id}/reschedule", json=body, headers=headers)

    async def show(self) -> dict[str, Any]:
        return dict((await self.shop.get(f"/bookings/{self.id}")).json())

    async def link(self, **body: Any) -> str:
        answer = await self.shop.post(f"/bookings/{self.id}/links", body)
        assert 201 == answer.status_code, answer.text
        return str(answer.json()["token"])


async def opened(shop: Shop, **service: Any) -> tuple[str, str]:
    service_id = await shop.service(**({"slot_step_minutes": 30} | service))
    return service_id, await shop.provider(service_id)


async def booked(shop: Shop, commands: FakeCommands, at: datetime, **service: Any) -> Booked:
    made = await opened(shop, **service)
    return await booked_there(shop, commands, *made, at)


async def booked_there(shop: Shop, commands: FakeCommands, service: str, provider: str, at: datetime, **wish: Any) -> Booked:
    answer = await shop.book(service, provider, at, **wish)
    assert 201 == answer.status_code, answer.text
    booking = Booked(shop, answer.json())
    await commands.confirm(booking.ref, "pm_card_visa", None)
    return booking


async def test_a_booking_goes_to_another_time_at_the_same_price(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    later = nine_in_a_week + 3 * HOUR
    answer = await booking.move(later)
    assert 200 == answer.status_code, answer.text
    moved = answer.json()
    expected = (later.isoformat(), (later + HOUR).isoformat(), "Europe/Berlin", 1, "confirmed", 5000)
    assert expected == (
        moved["starts_at"], moved["ends_at"], moved["timezone"], moved["sequence"], moved["status"], moved["price"]["amount"],
    )  # fmt: skip
    assert later.isoformat() == (await booking.show())["starts_at"]
    (move, _), *others = commands.moves
    assert ([], Actor.CUSTOMER, 0, 0) == (others, move.asked_by, move.dearer_by.amount, move.cheaper_by.amount)


async def test_a_price_that_was_raised_since_is_not_asked_of_who_stays_as_long(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """C17: the payment is carried along; only another length has another price."""
    booking = await booked(shop, commands, nine_in_a_week, durations=DURATIONS)
    await shop.pool.execute("UPDATE services SET price_amount = 9900 WHERE business_id = $1", shop.business_id)
    assert 5000 == (await booking.move(nine_in_a_week + HOUR)).json()["price"]["amount"]
    longer = await booking.move(nine_in_a_week + HOUR, duration_minutes=90)
    assert (8000, 2) == (longer.json()["price"]["amount"], longer.json()["sequence"])
    assert 3000 == commands.moves[-1][0].dearer_by.amount
    back = await booking.move(nine_in_a_week, duration_minutes=60)
    assert (9900, 0) == (back.json()["price"]["amount"], commands.moves[-1][0].cheaper_by.amount)


async def test_half_an_hour_later_overlaps_only_its_own_old_time(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    booking = await booked(shop, commands, nine_in_a_week, buffer_after_minutes=15, max_per_day=1)
    assert 200 == (await booking.move(nine_in_a_week + HOUR / 2)).status_code


async def test_where_it_is_already_nothing_is_done(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    answer = await booking.move(nine_in_a_week)
    assert (200, 0, []) == (answer.status_code, answer.json()["sequence"], commands.moves)


async def test_a_repeat_gets_the_first_answer_whatever_came_after(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    first = await booking.move(nine_in_a_week + HOUR, key="one")
    await booking.move(nine_in_a_week + 2 * HOUR, key="two")
    again = await booking.move(nine_in_a_week + HOUR, key="one")
    assert (first.json(), "true") == (again.json(), again.headers["Idempotent-Replayed"])
    assert (nine_in_a_week + 2 * HOUR).isoformat() == (await booking.show())["starts_at"]
    other = await booking.move(nine_in_a_week + 3 * HOUR, key="one")
    assert (422, "idempotency-key-reused", []) == problem(other)
    assert 2 == len(commands.moves)


async def test_who_is_not_answered_in_time_asks_again_under_the_same_key(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """C33: "could not book", but it went through."""
    booking = await booked(shop, commands, nine_in_a_week)
    commands.still_working = True
    waiting = await booking.move(nine_in_a_week + HOUR, key="one")
    assert (202, "2", nine_in_a_week.isoformat()) == (
        waiting.status_code, waiting.headers["Retry-After"], waiting.json()["starts_at"],
    )  # fmt: skip
    commands.still_working = False
    assert 200 == (await booking.move(nine_in_a_week + HOUR, key="one")).status_code
    (_, first), (_, second) = commands.moves
    assert first == second  # so that the workflow knows it for the same


async def test_a_taken_time_is_refused_with_the_next_free_ones(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    service, provider = await opened(shop)
    booking = await booked_there(shop, commands, service, provider, nine_in_a_week)
    later = nine_in_a_week + 3 * HOUR
    await shop.book(service, provider, later)
    answer = await booking.move(later)
    assert (409, "slot-taken", ["/starts_at"]) == problem(answer)
    assert (later + HOUR).isoformat() == answer.json()["next_slots"][0]["starts_at"]
    assert ([], nine_in_a_week.isoformat()) == (commands.moves, (await booking.show())["starts_at"])


async def test_a_lost_race_is_refused_like_a_taken_time(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    commands.lost_races.add(UUID((await booking.show())["provider_id"]))
    answer = await booking.move(nine_in_a_week + HOUR)
    assert (409, "slot-taken", ["/starts_at"]) == problem(answer)
    assert answer.json()["next_slots"]


async def test_times_that_are_not_sold_name_the_rule(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await booked(shop, commands, nine_in_a_week, min_notice_minutes=60, max_advance_days=30)
    for at, rule in (
        (nine_in_a_week + HOUR / 4, "off-grid"),
        (nine_in_a_week + 9 * HOUR, "outside-hours"),
        (nine_in_a_week + timedelta(days=40), "too-far"),
        (datetime.now(nine_in_a_week.tzinfo).replace(microsecond=0), "too-soon"),
    ):
        answer = await booking.move(at)
        assert (422, "slot-not-offered") == problem(answer)[:2]
        assert answer.json()["rule"] in (rule, "in-the-past" if rule == "too-soon" else rule)
    assert [] == commands.moves


async def test_staff_move_outside_the_rules_with_a_reason(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    """C43: with a warning, on the record, and never over another booking."""
    service, provider = await opened(shop)
    booking = await booked_there(shop, commands, service, provider, nine_in_a_week)
    await shop.book(service, provider, nine_in_a_week + 2 * HOUR)
    early = nine_in_a_week - HOUR
    override = {"reason": "In pain"}
    assert (401, "unauthorised", ["/override"]) == problem(await booking.move(early, override=override))
    answer = await booking.move(early, by=shop.key, override=override)
    assert ["outside-hours"] == [warning["rule"] for warning in answer.json()["warnings"]]
    assert Actor.STAFF == commands.moves[-1][0].asked_by
    over = await booking.move(nine_in_a_week + 1.5 * HOUR, by=shop.key, override=override)
    assert (409, "slot-taken", ["/starts_at"]) == problem(over)
    kept = "(SELECT r.override_reason FROM reschedules r WHERE r.booking_id = b.id)"
    assert "In pain" == await words_of(shop.pool, booking.ref.booking_id, kept)


async def test_another_provider_of_the_service_takes_over(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    service, provider = await opened(shop)
    other = await shop.provider(service, name="Hedy", zone="Europe/London")
    stranger = await shop.provider(name="Stranger")
    booking = await booked_there(shop, commands, service, provider, nine_in_a_week)
    assert (422, "invalid-request", ["/provider_id"]) == problem(await booking.move(nine_in_a_week, provider_id=stranger))
    answer = (await booking.move(nine_in_a_week + HOUR, provider_id=other, key="one")).json()
    assert (other, "Hedy", "Europe/London") == (answer["provider_id"], answer["provider_name"], answer["timezone"])
    assert nine_in_a_week + HOUR == datetime.fromisoformat(answer["starts_at"])
    back = (await booking.move(nine_in_a_week + HOUR, provider_id=provider)).json()
    assert (provider, 2) == (back["provider_id"], back["sequence"])
    assert answer == (await booking.move(nine_in_a_week + HOUR, provider_id=other, key="one")).json()


async def test_another_room_is_taken_when_a_race_for_one_is_lost(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    rooms = [await shop.provider(name=name) for name in ("Red", "Blue")]
    service, provider = await opened(shop, resources=[rooms])
    booking = await booked_there(shop, commands, service, provider, nine_in_a_week)
    answer = await booking.move(nine_in_a_week + HOUR / 2)
    assert 200 == answer.status_code
    assert set(answer.json()["resource_ids"]) < set(rooms)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"starts_at": "tomorrow"}, "/starts_at"),
        ({"starts_at": "2027-03-08T09:00:00"}, "/starts_at"),
        ({}, "/starts_at"),
        ({"starts_at": "2027-03-08T09:00:00Z", "provider_id": "nobody"}, "/provider_id"),
        ({"starts_at": "2027-03-08T09:00:00Z", "duration_minutes": 0}, "/duration_minutes"),
        ({"starts_at": "2027-03-08T09:00:00Z", "price": 1}, "/price"),
    ],
)
async def test_bad_fields_are_named_and_nothing_is_moved(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, body: dict[str, Any], place: str
) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    answer = await shop.post(f"/bookings/{booking.id}/reschedule", body)
    assert (422, "invalid-request", [place]) == problem(answer)
    assert [] == commands.moves


async def test_a_length_that_is_not_offered_is_refused(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await booked(shop, commands, nine_in_a_week, durations=DURATIONS)
    answer = await booking.move(nine_in_a_week, duration_minutes=75)
    assert (422, "invalid-request", ["/duration_minutes"]) == problem(answer)


async def test_a_declined_difference_is_402(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await booked(shop, commands, nine_in_a_week, durations=DURATIONS)
    commands.refusal = PaymentDeclined("the difference in price was declined", decline_code="insufficient_funds")
    answer = await booking.move(nine_in_a_week, duration_minutes=90)
    assert (402, "payment-declined", "insufficient_funds") == (*problem(answer)[:2], answer.json()["decline_code"])


async def with_policy(shop: Shop, **policy: int) -> None:
    """As if the booking had been made under it."""
    kept = {"reschedule": policy}
    await shop.pool.execute("UPDATE bookings SET policies = $2::jsonb WHERE business_id = $1", shop.business_id, kept)


async def test_customers_may_until_the_notice_of_their_policy_and_staff_until_it_begins(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    await with_policy(shop, min_notice_minutes=8 * 24 * 60)
    late = await booking.move(nine_in_a_week + HOUR)
    assert (409, "too-late-to-reschedule", 8 * 24 * 60) == (*problem(late)[:2], late.json()["min_notice_minutes"])
    assert 200 == (await booking.move(nine_in_a_week + HOUR, by=shop.key)).status_code


async def test_customers_may_as_often_as_their_policy_says_and_staff_do_not_count(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    await with_policy(shop, most_times=1)
    assert 200 == (await booking.move(nine_in_a_week + HOUR, by=shop.key)).status_code
    assert 200 == (await booking.move(nine_in_a_week + 2 * HOUR, key="one")).status_code
    often = await booking.move(nine_in_a_week + 3 * HOUR)
    assert (409, "too-many-reschedules", 1) == (*problem(often)[:2], often.json()["most_times"])
    assert 200 == (await booking.move(nine_in_a_week + 2 * HOUR, key="one")).status_code  # a repeat is no second one


async def test_what_is_only_held_is_not_moved(shop: Shop, nine_in_a_week: datetime) -> None:
    made = await opened(shop)
    held = Booked(shop, (await shop.book(*made, nine_in_a_week)).json())
    answer = await held.move(nine_in_a_week + HOUR)
    assert (409, "not-allowed-now", "pending") == (*problem(answer)[:2], answer.json()["booking_status"])


@pytest.mark.parametrize("status", ["cancelled", "completed", "no_show", "expired", "failed"])
async def test_what_is_over_is_gone(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, status: str) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    await shop.pool.execute("UPDATE bookings SET status = $2 WHERE id = $1", booking.ref.booking_id, status)
    answer = await booking.move(nine_in_a_week + HOUR, by=shop.key)
    assert (410, "booking-over", status) == (*problem(answer)[:2], answer.json()["booking_status"])


@pytest.mark.parametrize(("minutes_ago", "expected"), [(10, (409, "too-late-to-reschedule")), (100, (410, "booking-over"))])
async def test_what_has_begun_stays_also_for_staff(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, minutes_ago: int, expected: tuple[int, str]
) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    begun = "UPDATE bookings SET starts_at = now() - make_interval(mins => $2), ends_at = now() + make_interval(mins => 60 - $2)"
    await shop.pool.execute(f"{begun} WHERE id = $1", booking.ref.booking_id, minutes_ago)
    assert expected == problem(await booking.move(nine_in_a_week, by=shop.key))[:2]


async def test_nobody_else_moves_it(shop: Shop, other_shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking, other = await booked(shop, commands, nine_in_a_week), await booked(other_shop, commands, nine_in_a_week)
    for credential in (other.token, "mt_nobody", "lk_nobody", await other.link(), f"lk_{shop.business_id.hex}_wrong", ""):
        answer = await booking.move(nine_in_a_week + HOUR, by=credential or "nothing")
        assert (401, "unauthorised") == problem(answer)[:2]
    assert (404, "not-found", []) == problem(await booking.move(nine_in_a_week + HOUR, by=other_shop.key))


async def test_a_link_is_good_for_one_change(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    link = await booking.link()
    assert (422, "slot-not-offered") == problem(await booking.move(nine_in_a_week + 9 * HOUR, by=link))[:2]
    first = await booking.move(nine_in_a_week + HOUR, by=link, key="one")
    assert (200, Actor.CUSTOMER) == (first.status_code, commands.moves[-1][0].asked_by)
    spent = await booking.move(nine_in_a_week + 2 * HOUR, by=link)
    assert (410, "link-spent", []) == problem(spent)
    assert first.json() == (await booking.move(nine_in_a_week + HOUR, by=link, key="one")).json()
    assert 200 == (await booking.move(nine_in_a_week + 2 * HOUR)).status_code  # the manage token goes on working
    assert 200 == (await booking.move(nine_in_a_week, by=await booking.link())).status_code


async def test_a_link_that_was_not_used_in_its_time_is_gone(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    link = await booking.link(expires_in_minutes=5)
    await shop.pool.execute("UPDATE links SET expires_at = now() WHERE booking_id = $1", booking.ref.booking_id)
    assert (410, "link-expired", []) == problem(await booking.move(nine_in_a_week + HOUR, by=link))


async def test_a_link_opens_nothing_but_the_change(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    bearer = {"Authorization": f"Bearer {await booking.link()}"}
    for call in (shop.client.get(f"/api/v1/bookings/{booking.id}", headers=bearer),):
        assert (401, "unauthorised") == problem(await call)[:2]


async def test_only_staff_make_links_and_only_for_what_is_not_over(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    booking = await booked(shop, commands, nine_in_a_week)
    path, bearer = f"/api/v1/bookings/{booking.id}/links", {"Authorization": f"Bearer {booking.token}"}
    assert (401, "unauthorised", ["Authorization"]) == problem(await shop.client.post(path, json={}, headers=bearer))
    answer = await shop.post(f"/bookings/{booking.id}/links", {"expires_in_minutes": 0})
    assert (422, "invalid-request", ["/expires_in_minutes"]) == problem(answer)
    made = (await shop.post(f"/bookings/{booking.id}/links", {})).json()
    assert nine_in_a_week == datetime.fromisoformat(made["expires_at"])
    await shop.pool.execute("UPDATE bookings SET status = 'cancelled' WHERE id = $1", booking.ref.booking_id)
    assert (410, "booking-over", []) == problem(await shop.post(f"/bookings/{booking.id}/links", {}))
