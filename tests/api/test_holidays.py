"""Public holidays, kept or not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.shop import Shop, problem

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = datetime.now(UTC).date()


@pytest.fixture
async def given(shop: Shop) -> tuple[str, str]:
    service = await shop.service(slot_step_minutes=60, max_advance_days=400)
    return service, await shop.provider(service)


async def keep(shop: Shop, **body: Any) -> dict[str, Any]:
    answer = await shop.put("/holidays", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def holiday(answer: dict[str, Any]) -> tuple[date, str]:
    """The next one that is not today, and has its day to itself."""
    days = Counter(day["date"] for day in answer["days"])
    found = [(date.fromisoformat(day["date"]), str(day["name"])) for day in answer["days"] if days[day["date"]] == 1]
    return next((day, name) for day, name in found if day > TODAY)


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN)


async def test_a_business_keeps_none_until_it_says_so(shop: Shop) -> None:
    answer = (await shop.get("/holidays")).json()
    assert {"country": None, "region": None, "not_kept": [], "days": []} == answer


async def test_a_kept_holiday_is_closed_and_named(shop: Shop, given: tuple[str, str]) -> None:
    """C51: nobody could tell why."""
    answer = await keep(shop, country="DE")
    assert answer == (await shop.get("/holidays")).json()
    day, name = holiday(answer)
    assert (422, "closed", f"holiday:{name}") == await shop.why(*given, at_noon(day))
    assert [] == await shop.clocks(*given, day)


async def test_a_holiday_that_is_not_kept_is_a_day_like_others(shop: Shop, given: tuple[str, str]) -> None:
    day, name = holiday(await keep(shop, country="DE"))
    answer = await keep(shop, country="DE", not_kept=[name])
    assert {name} == {each["name"] for each in answer["days"] if not each["kept"]}
    assert [name] == answer["not_kept"]
    assert 8 == len(await shop.clocks(*given, day))


async def test_a_region_has_holidays_of_its_own(shop: Shop, given: tuple[str, str]) -> None:
    assert "Epiphany" not in {day["name"] for day in (await keep(shop, country="DE"))["days"]}
    answer = await keep(shop, country="DE", region="BY")
    assert ("DE", "BY") == (answer["country"], answer["region"])
    (epiphany, *_) = [each["date"] for each in answer["days"] if each["name"] == "Epiphany" and each["date"] > TODAY.isoformat()]
    assert [] == await shop.clocks(*given, date.fromisoformat(epiphany))


async def test_the_next_twelve_months_are_shown_in_order(shop: Shop) -> None:
    days = [date.fromisoformat(day["date"]) for day in (await keep(shop, country="DE"))["days"]]
    assert days == sorted(days)
    assert TODAY <= days[0]
    assert days[-1] <= TODAY + timedelta(days=366)
    assert 9 <= len(days) <= 11  # nine a year, and some years have one at both ends


async def test_hours_set_for_a_holiday_go_before_it(shop: Shop, given: tuple[str, str]) -> None:
    day, _ = holiday(await keep(shop, country="DE"))
    body = {"date": day.isoformat(), "intervals": [{"start": "10:00", "end": "12:00"}]}
    assert 201 == (await shop.post(f"/providers/{given[1]}/availability", body)).status_code
    assert ["10:00", "11:00"] == await shop.clocks(*given, day)


async def test_no_country_keeps_none_again(shop: Shop, given: tuple[str, str]) -> None:
    day, _ = holiday(await keep(shop, country="DE", not_kept=["Good Friday"]))
    answer = await keep(shop, country=None)
    assert {"country": None, "region": None, "not_kept": [], "days": []} == answer
    assert 8 == len(await shop.clocks(*given, day))


async def test_bookings_on_a_holiday_stay(shop: Shop, given: tuple[str, str]) -> None:
    answer = await keep(shop, country="DE")
    await keep(shop)
    booked = (await shop.book(*given, at_noon(holiday(answer)[0]))).json()
    await keep(shop, country="DE")
    assert "pending" == (await shop.get(f"/bookings/{booked['id']}")).json()["status"]


async def test_each_business_keeps_its_own(shop: Shop, other_shop: Shop) -> None:
    await keep(shop, country="DE")
    await keep(other_shop, country="GB", region="SCT")
    assert ["DE", "GB"] == [(await each.get("/holidays")).json()["country"] for each in (shop, other_shop)]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"country": "XX"}, ["/country"]),
        ({"country": "de"}, ["/country"]),
        ({"country": "Germany"}, ["/country"]),
        ({"country": "HolidayBase"}, ["/country"]),
        ({"country": 49}, ["/country"]),
        ({"country": "DE", "region": "XX"}, ["/region"]),
        ({"country": "DE", "region": "DE-BY"}, ["/region"]),
        ({"region": "BY"}, ["/region"]),
        ({"not_kept": ["Good Friday"]}, ["/not_kept"]),
        ({"country": "DE", "not_kept": ["Good Friday", "Epiphany"]}, ["/not_kept/1"]),  # none in all of Germany
        ({"country": "DE", "not_kept": ["Karfreitag"]}, ["/not_kept/0"]),
        ({"country": "DE", "not_kept": ["Good Friday", "Good Friday"]}, ["/not_kept"]),
        ({"country": "DE", "kept": ["Good Friday"]}, ["/kept"]),
    ],
)
async def test_what_is_no_holiday_is_refused_and_changes_nothing(shop: Shop, body: dict[str, Any], places: list[str]) -> None:
    before = await keep(shop, country="DE", region="BE", not_kept=["Good Friday"])
    assert (422, "invalid-request", places) == problem(await shop.put("/holidays", body))
    assert before == (await shop.get("/holidays")).json()


async def test_holidays_need_a_key(shop: Shop) -> None:
    for method in ("GET", "PUT"):
        answer = await shop.client.request(method, "/api/v1/holidays", json={"country": "DE"})
        assert (401, "unauthorised", ["Authorization"]) == problem(answer)
