"""The bookings of a made-up town: those of the past with nothing left but history, and those to come with their claims."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from bench.town import BUFFER, HOURS, LASTS, PRICE, Lines, Place, Town, at

CHUNK = 50_000
AHEAD = 60  # days over which those to come are spread, where they fit
PAST_A_DAY = 4  # bookings of a provider, on days that are over
EVENT_EVERY = 10

Times = tuple[str, str, str]
"""Start, end and the time that is blocked, as they are written into the rows."""


def customers(town: Town) -> Iterator[Lines]:
    """Each business's own."""
    rows: list[str] = []
    for place in town.places:
        if place.seat == 0:
            for number in range(place.first_customer, place.first_customer + place.customers):
                rows.append(
                    f"{place.business}\t{town.id('customer', number)}\tCustomer {number}\tc{number}@example.com"
                    f"\t+49301{number:07}\t{place.zone}\ten\t{town.since}"
                )
                if len(rows) == CHUNK:
                    yield {"customers": rows}
                    rows = []
    yield {"customers": rows}


def bookings(town: Town) -> Iterator[Lines]:
    """All of them as they would have been made: everybody's first, everybody's second, and so on.

    So the rows of one provider lie as far apart as they do in a database that has been used.
    """
    diaries = _Diaries(town)
    numbered = enumerate(_turns(town))
    while turns := list(islice(numbered, CHUNK)):
        lines: Lines = {"bookings": [], "claims": [], "claim_seats": [], "booking_events": []}
        for number, (place, turn, of, is_past) in turns:
            if is_past:
                diaries.add_past(lines, number, place, turn, of)
            else:
                diaries.add_future(lines, number, place, turn, of)
        yield lines


def _turns(town: Town) -> Iterator[tuple[Place, int, int, bool]]:
    """Whose turn it is: the provider, their how many-th booking it is, of how many, and whether of those that are over."""
    for total, is_past in ((town.size.past, True), (town.size.future, False)):
        for turn in range(-(-total // town.providers)):
            for place in town.places:
                of = town.share(total, place.number)
                if turn < of:
                    yield place, turn, of, is_past


class _Diaries:
    """Writes bookings so that no two of one provider overlap."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._random = random.Random(town.seed)  # noqa: S311 (the same for the same seed)
        self._times: dict[tuple[str, int, int], Times] = {}
        self._over = _workdays(town.day, -1)
        self._to_come = _workdays(town.day, +1)
        self._first_hours = [self._random.randrange(len(HOURS)) for _ in town.places]
        self._ahead = sum(each <= town.day + timedelta(days=AHEAD) for each in self._to_come[:AHEAD])

    def add_past(self, lines: Lines, number: int, place: Place, turn: int, of: int) -> None:
        back, that_day = divmod(of - 1 - turn, PAST_A_DAY)
        times = self._at(place.zone, -1 - back, (2 * that_day + self._first_hours[place.number]) % len(HOURS))
        chance = self._random.random()
        status = "cancelled" if chance < 0.08 else "no_show" if chance < 0.12 else "completed"
        self._add(lines, number, place, turn, times, status)

    def add_future(self, lines: Lines, number: int, place: Place, turn: int, of: int) -> None:
        days = max(self._ahead, -(-of // len(HOURS)))
        day = turn * days // of
        that_day = turn - -(-day * of // days)  # how many came before it on this day
        times = self._at(place.zone, day, (that_day + self._first_hours[place.number] + 3 * day) % len(HOURS))
        self._add(lines, number, place, turn + place.customers // 2, times, "confirmed")
        booking = self._town.id("booking", number)
        claim = f"{place.business}\t{booking}\t{place.provider}\t{place.service}\t{times[0]}\t{times[2]}\t1\t1"
        lines["claims"].append(claim)
        lines["claim_seats"].append(f"{place.business}\t{booking}\t{booking}\t1")

    def _add(self, lines: Lines, number: int, place: Place, turn: int, times: Times, status: str) -> None:
        booking = self._town.id("booking", number)
        customer = self._town.id("customer", place.first_customer + (turn * place.colleagues + place.seat) % place.customers)
        starts_at, ends_at, blocks = times
        lines["bookings"].append(
            f"{place.business}\t{booking}\t{place.service}\t{place.provider}\t{customer}\t{starts_at}\t{ends_at}\t{blocks}"
            f"\t1\t1\t{PRICE}\tEUR\tnone\t{status}\t{starts_at}\t\\\\x{booking}{booking}\t\\\\x{customer}{customer}"
            f"\t{self._town.since}\t{self._town.since}"
        )
        if number % EVENT_EVERY == 0:
            event = f"{place.business}\t{booking}\t{status}\tbooking_{status}\t{status}\t{self._town.since}"
            lines["booking_events"].append(event)

    def _at(self, zone: str, day: int, hour: int) -> Times:
        """`day` counts working days: 0 is the first that comes, -1 the last that is over."""
        if (known := self._times.get((zone, day, hour))) is None:
            days, index = (self._to_come, day) if day >= 0 else (self._over, -1 - day)
            on = days[index]
            starts_at = datetime(on.year, on.month, on.day, HOURS[hour], tzinfo=ZoneInfo(zone)).astimezone(UTC)
            ends_at = starts_at + LASTS
            known = (at(starts_at), at(ends_at), f'["{at(starts_at)}","{at(ends_at + BUFFER)}")')
            self._times[zone, day, hour] = known
        return known


def _workdays(day: date, step: int) -> list[date]:
    """Of five years, from the day after next or before last, since in other zones it is already or still another day."""
    days = (day + step * timedelta(days=n) for n in count(2))
    return [each for each in islice(days, 5 * 366) if each.weekday() < 5]
