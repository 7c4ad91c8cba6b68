"""The public holidays on which a business is closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from api.auth import requires
from api.conditions import IfUnchanged
from api.openapi import BODY, problems
from api.problems import Problem, invalid
from api.requests import JsonOnly
from api.schemas.holidays import Holidays, HolidaysAnswer
from api.wiring import Wired
from domain.holidays import HolidayCalendar, UnknownPlace, public_holidays
from domain.people import Permission
from store.conditions import alone_with
from store.holidays import find_holidays, set_holidays

routes = APIRouter(
    prefix="/api/v1/holidays",
    tags=["holidays"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.SETTINGS_READ)]
Writes = Annotated[UUID, requires(Permission.SETTINGS_WRITE)]

SHOWN = timedelta(days=365)
YEARS_LOOKED_AT = 3  # a holiday that fell on another name this year may come again


@routes.get("", summary="Show the public holidays")
async def show_holidays(wired: Wired, business_id: Reads) -> HolidaysAnswer:
    """What the business keeps, and the next twelve months' holidays."""
    return _answer(await find_holidays(wired.pool, business_id))


@routes.put(
    "",
    summary="Set the public holidays",
    responses=problems(*BODY, "invalid-request"),
)
async def put_holidays(wired: Wired, business_id: Writes, body: Holidays, seen: IfUnchanged) -> HolidaysAnswer:
    """Closes all providers on the public holidays of a country or region. Hours set for a date go before; bookings stay."""
    calendar = None
    if body.country is not None:
        calendar = HolidayCalendar(body.country, body.region, frozenset(body.not_kept))
        _check(calendar, body)
    async with alone_with(wired.pool, business_id, "holidays") as connection:
        seen.check(_answer(await find_holidays(connection, business_id)))
        await set_holidays(connection, business_id, calendar)
    return _answer(calendar)


def _answer(calendar: HolidayCalendar | None) -> HolidaysAnswer:
    today = _today()
    return HolidaysAnswer.of(calendar, today, today + SHOWN)


def _check(calendar: HolidayCalendar, body: Holidays) -> None:
    """Raises Problem for a place without a calendar, or a name that is no holiday there."""
    years = [_today().year + n for n in range(YEARS_LOOKED_AT)]
    try:
        public_holidays(calendar.country, None, years[0])
    except UnknownPlace:
        raise invalid("/country", "must be a country with known holidays (ISO 3166-1) such as DE") from None
    try:
        listed = [public_holidays(calendar.country, calendar.region, year) for year in years]
    except UnknownPlace:
        raise invalid("/region", "must be a region of that country (ISO 3166-2 without the country) such as BY") from None
    names = {name for year in listed for of_day in year.values() for name in of_day}
    errors = [
        {"pointer": f"/not_kept/{n}", "detail": f"is no public holiday there; those are: {', '.join(sorted(names))}"}
        for n, name in enumerate(body.not_kept)
        if name not in names
    ]
    if errors:
        raise Problem("invalid-request", f"{errors[0]['pointer']} is no public holiday there", errors)


def _today() -> date:
    return datetime.now(UTC).date()
