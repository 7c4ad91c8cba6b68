"""Public holidays over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from api.schemas.fields import Answer, Name, Request
from domain.holidays import HolidayCalendar, public_holidays


class Holidays(Request):
    """On whose public holidays the business is closed, and on which of them it is not. Without a country it keeps none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"country": "DE", "region": "BE", "not_kept": ["Women's Day"]}]})

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = Field(None, description="ISO 3166-1, such as DE.")
    region: Name | None = Field(None, description="The second part of ISO 3166-2, such as BY; the whole country's when left out.")
    not_kept: Annotated[tuple[Name, ...], Field(max_length=50)] = Field(
        (), description="Names of holidays, as this call answers them, on which the business is open."
    )

    @field_validator("region", "not_kept")
    @classmethod
    def _are_some_country_s(cls, value: str | tuple[str, ...] | None, info: ValidationInfo) -> str | tuple[str, ...] | None:
        if value and "country" in info.data and info.data["country"] is None:
            raise ValueError("needs a country")
        return value

    @field_validator("not_kept")
    @classmethod
    def _each_name_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) != len(names):
            raise ValueError("must not name the same holiday twice")
        return names


class HolidayAnswer(Answer):
    """One public holiday, and whether the business is closed on it."""

    date: date
    name: str
    kept: bool


class HolidaysAnswer(Answer):
    """What the business keeps, and the holidays from today on for twelve months."""

    country: str | None
    region: str | None
    not_kept: list[str]
    days: list[HolidayAnswer]

    @classmethod
    def of(cls, calendar: HolidayCalendar | None, first: date, last: date) -> Self:
        """This calendar for HTTP, with its days from the first to the last."""
        if calendar is None:
            return cls(country=None, region=None, not_kept=[], days=[])
        days = [
            HolidayAnswer(date=day, name=name, kept=name not in calendar.not_kept)
            for year in range(first.year, last.year + 1)
            for day, names in public_holidays(calendar.country, calendar.region, year).items()
            if first <= day <= last
            for name in names
        ]
        return cls(country=calendar.country, region=calendar.region, not_kept=sorted(calendar.not_kept), days=days)
