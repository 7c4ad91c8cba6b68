"""Public holidays, which a business keeps or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

NAMES_IN = "en_US"  # so that what a business does not keep is called the same everywhere
SEPARATOR = "; "


class UnknownPlace(Exception):
    """There is no holiday calendar of this country or region."""


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The public holidays of a country, or of one of its regions (ISO 3166), that a business is closed on."""

    country: str
    region: str | None = None
    not_kept: Set[str] = frozenset()

    def between(self, first: date, last: date) -> Mapping[date, str]:
        """The kept ones of these dates, by name. Raises UnknownPlace."""
        found = {}
        for year in range(first.year, last.year + 1):
            for day, names in public_holidays(self.country, self.region, year).items():
                kept = [name for name in names if name not in self.not_kept]
                if kept and first <= day <= last:
                    found[day] = SEPARATOR.join(kept)
        return found


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, Sequence[str]]:
    """The regions of each. The library also answers to other names of them, and to some that are no country at all."""
    return holidays.list_supported_countries(include_aliases=False)


@lru_cache(maxsize=300)
def weekend_of(country: str | None) -> frozenset[int]:
    """The days off of each week, where 0 is Monday: Saturday and Sunday where no country says otherwise."""
    if country is None or country not in _countries():
        return frozenset({5, 6})
    return frozenset(holidays.country_holidays(country).weekend)


@lru_cache(maxsize=2000)
def public_holidays(country: str, region: str | None, year: int) -> Mapping[date, tuple[str, ...]]:
    """All of a year, in order; several may fall on one day. Raises UnknownPlace."""
    if country not in _countries() or region not in (None, *_countries()[country]):
        raise UnknownPlace(f"there is no holiday calendar of {country}{f', {region}' if region else ''}")
    listed = holidays.country_holidays(country, subdiv=region, years=[year], language=NAMES_IN)
    return {day: tuple(names.split(SEPARATOR)) for day, names in sorted(listed.items()) if day.year == year}
