"""Offered means holdable and refused means explained, whatever the business and its customers do in between.

A machine plays both on a real database, through the same functions as the API, and after every step holds what is offered and
what is refused against the plain truth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from uuid_utils.compat import uuid7

from activities.bookings import BookingActivities, ConfirmationAttempt
from api import holding
from api.problems import Problem
from api.schemas.booking_requests import NewBooking, NewCustomer, Override
from api.wiring import Wiring
from domain import slots
from domain.assignment import Assignment
from domain.bookings import BookingRef, BookingStatus, PaymentTiming
from domain.errors import HoldExpired
from domain.holidays import HolidayCalendar
from domain.hours import Interval
from domain.money import Money
from domain.policies import CancellationPolicy
from domain.providers import Provider
from domain.rules import BY_STAFF, Rule
from domain.services import Duration, Service
from domain.slots import Removed, Slot
from embedded.logins import logins
from settings import PaymentsVendor, Settings
from store import bookings
from store.businesses import create_business
from store.busy_calendars import BusyTime, create_busy_calendar, drop_busy_calendar, replace_busy_times
from store.holidays import set_holidays
from store.pool import open_pool, open_tenant_pool
from store.providers import create_provider, give_service
from store.schedules import TimeOff, add_time_off, drop_schedule, drop_time_off, replace_schedule, set_availability
from store.services import save_service
from store.slots import SlotFacts, read_slot_facts
from tests.api.shop import FakeCommands
from tests.databases import VAULT
from tests.store.what_is_true import Booked, Outside, Person, Truth
from tests.unlimited import UNLIMITED

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata")]
DAYS = 9
ROOM, BATH = UUID(int=3), UUID(int=4)  # until a business has its own


def _next_change() -> date:
    """The Monday before Berlin's clocks are next changed, at least a month ahead; the week after has Greek holidays too."""
    day = datetime.now(UTC).date() + timedelta(days=30)
    while _offset(day) == _offset(day + timedelta(days=1)):
        day += timedelta(days=1)
    return day - timedelta(days=day.weekday())


def _offset(day: date) -> timedelta | None:
    return datetime.combine(day, time(), BERLIN).utcoffset()


MONDAY = _next_change()
DATES = [MONDAY + timedelta(days=n) for n in range(DAYS)]
SINCE, UNTIL = (datetime.combine(day, time(), UTC) for day in (MONDAY, MONDAY + timedelta(days=DAYS)))

SHIFTS = [
    [],
    [Interval(9 * 60, 12 * 60)],
    [Interval(9 * 60, 10 * 60 + 30), Interval(13 * 60 + 15, 16 * 60)],
    [Interval(0, 4 * 60)],
    [Interval(0, 90), Interval(22 * 60, 24 * 60)],
    [Interval(8 * 60, 11 * 60), Interval(11 * 60, 13 * 60)],
]
shift = st.sampled_from(SHIFTS)
week = st.fixed_dictionaries(dict.fromkeys(range(7), shift))
a_date = st.sampled_from(DATES)
a_time = st.builds(
    lambda day, quarter: datetime.combine(day, time()) + quarter * timedelta(minutes=15), a_date, st.integers(0, 95)
)
any_of = st.integers(0, 10_000)  # which of what there is then
a_limit = st.sampled_from([None, None, 1, 2, 3])


@st.composite
def a_service(draw: st.DrawFn) -> Service:
    """One for one customer at a time or for a group, with or without rooms, and with rules of its own."""
    return Service(
        business_id=UUID(int=0),
        id=uuid7(),
        name="Lesson",
        duration=timedelta(minutes=draw(st.sampled_from([45, 60]))),
        buffer_before=timedelta(minutes=draw(st.sampled_from([0, 0, 15]))),
        buffer_after=timedelta(minutes=draw(st.sampled_from([0, 0, 20]))),
        slot_step=timedelta(minutes=draw(st.sampled_from([30, 60]))),
        price=Money(0, "EUR"),
        payment=PaymentTiming.NONE,
        capacity=draw(st.sampled_from([1, 1, 2, 3])),
        min_notice=timedelta(),
        max_advance=timedelta(days=400),
        cancellation_policy=CancellationPolicy(timedelta(), 0),
        reminders=(),
        durations=(Duration(timedelta(minutes=30), Money(0, "EUR")),) if draw(st.booleans()) else (),
        max_per_day=draw(a_limit),
        max_per_week=draw(a_limit),
        assignment=draw(st.sampled_from(Assignment)),
        needs=draw(st.sampled_from([(), (), ((ROOM,),), ((ROOM, BATH),), ((ROOM, BATH),) * 2, ((ROOM, BATH), (BATH,))])),
    )


class Business(RuleBasedStateMachine):
    """Three people, two rooms and three services, in the days around a change of the clocks."""

    go: Callable[[Coroutine[Any, Any, Any]], Any]
    pool: asyncpg.Pool
    wired: Wiring

    @initialize(
        services=st.lists(a_service(), min_size=2, max_size=3), weeks=st.lists(week, min_size=5, max_size=5), notice=st.booleans()
    )
    def open(self, services: list[Service], weeks: list[dict[int, list[Interval]]], notice: bool) -> None:
        self.steps = 0
        self.secured: set[UUID] = set()
        self.business = self.go(create_business(self.pool, "Salon Ada", BERLIN.key))
        ids = [uuid7() for _ in range(5)]
        zones = [BERLIN, BERLIN, ZONES[1], BERLIN, ZONES[1]]
        self.truth = Truth(BERLIN, {who: Person(who, zone) for who, zone in zip(ids, zones, strict=True)})
        for who, zone, hours in zip(ids, zones, weeks, strict=True):
            provider = Provider(self.business, who, "Somebody", zone.key, None, None, None, ())
            self.go(create_provider(self.pool, provider))
            self._put_week(self.truth.people[who], date.min, date.max, hours)
        self.rooms, self.staff = ids[3:], ids[:3]
        self.services = [self._known(service, notice) for service in services]
        for service in self.services:
            self.go(save_service(self.pool, service))
            for priority, who in enumerate(self.staff):
                self.go(give_service(self.pool, self.business, who, service.id, priority))

    def _known(self, service: Service, notice: bool) -> Service:
        """The service in this business. Where there is notice, or an end of the offer, it falls into the days we look at."""
        needs = tuple(tuple(self.rooms[room.int - ROOM.int] for room in need) for need in service.needs)
        until_midweek = SINCE + timedelta(days=2, hours=10, minutes=7) - datetime.now(UTC)
        least = timedelta(minutes=until_midweek // timedelta(minutes=1)) if notice else timedelta()
        return replace(service, business_id=self.business, needs=needs, min_notice=least)

    # What the business says about its time.

    def _person(self, which: int) -> Person:
        return list(self.truth.people.values())[which % 5]

    def _put_week(self, who: Person, first: date, last: date, hours: dict[int, list[Interval]]) -> None:
        assert self.go(replace_schedule(self.pool, self.business, who.id, hours, first, last))
        who.seasons[first] = (last, hours)

    @rule(which=any_of, hours=week)
    def the_week_changes(self, which: int, hours: dict[int, list[Interval]]) -> None:
        self._put_week(self._person(which), date.min, date.max, hours)

    @rule(which=any_of, first=a_date, days=st.integers(0, 6), hours=week)
    def a_season_begins(self, which: int, first: date, days: int, hours: dict[int, list[Interval]]) -> None:
        self._put_week(self._person(which), first, first + timedelta(days=days), hours)

    @rule(which=any_of, first=a_date)
    def a_season_is_taken_back(self, which: int, first: date) -> None:
        who = self._person(which)
        assert (first in who.seasons) == self.go(drop_schedule(self.pool, self.business, who.id, first))
        who.seasons.pop(first, None)

    @rule(which=any_of, day=a_date, hours=shift)
    def a_date_gets_hours_of_its_own(self, which: int, day: date, hours: list[Interval]) -> None:
        who = self._person(which)
        assert self.go(set_availability(self.pool, self.business, who.id, day, hours))
        who.dates[day] = hours

    @rule(which=any_of, leaves=a_time, hours=st.sampled_from([1, 5, 50]))
    def somebody_is_away(self, which: int, leaves: datetime, hours: int) -> None:
        who, entry = self._person(which), uuid7()
        returns = leaves + timedelta(hours=hours)
        assert self.go(add_time_off(self.pool, self.business, TimeOff(entry, who.id, leaves, returns, None)))
        who.away[entry] = (leaves, returns)

    @rule(which=any_of)
    def somebody_is_back(self, which: int) -> None:
        who = self._person(which)
        for entry in list(who.away):
            assert self.go(drop_time_off(self.pool, self.business, who.id, entry))
        who.away.clear()

    @rule(which=any_of)
    def a_calendar_is_added(self, which: int) -> None:
        who, entry = self._person(which), uuid7()
        if not who.outside:
            assert self.go(create_busy_calendar(self.pool, self.business, who.id, entry, "Google", 3600))
            who.outside[entry] = Outside("Google")

    def _calendars(self) -> Iterator[tuple[Person, UUID, Outside]]:
        return ((who, entry, outside) for who in self.truth.people.values() for entry, outside in who.outside.items())

    @rule(times=st.lists(st.tuples(a_time, st.integers(1, 20)), max_size=3))
    def the_calendars_are_read(self, times: list[tuple[datetime, int]]) -> None:
        found = {
            f"entry {n}": (at.replace(tzinfo=UTC), at.replace(tzinfo=UTC) + quarters * timedelta(minutes=15))
            for n, (at, quarters) in enumerate(times)
        }
        for who, entry, outside in self._calendars():
            read = [BusyTime(name, *during) for name, during in found.items()]
            now = datetime.now(UTC)
            assert now == self.go(replace_busy_times(self.pool, self.business, who.id, entry, read, now))
            outside.is_fresh, outside.times = True, found

    @rule()
    def the_calendars_go_stale(self) -> None:
        old = "UPDATE busy_calendars SET read_at = now() - interval '1 day' WHERE business_id = $1"
        self.go(self.pool.execute(old, self.business))
        for _, _, outside in self._calendars():
            outside.is_fresh = False

    @rule()
    def the_calendars_are_dropped(self) -> None:
        for who, entry, _ in list(self._calendars()):
            assert self.go(drop_busy_calendar(self.pool, self.business, who.id, entry))
            del who.outside[entry]

    @rule(
        kept=st.sampled_from(
            [None, HolidayCalendar("GR"), HolidayCalendar("DE", "BY"), HolidayCalendar("GR", None, frozenset({"Ochi Day"}))]
        )
    )
    def holidays_are_kept(self, kept: HolidayCalendar | None) -> None:
        self.go(set_holidays(self.pool, self.business, kept))
        self.truth.holidays = kept

    @rule(which=any_of, per_day=a_limit, per_week=a_limit)
    def somebody_takes_no_more_than(self, which: int, per_day: int | None, per_week: int | None) -> None:
        who = self._person(which)
        change = "UPDATE providers SET max_per_day = $3, max_per_week = $4 WHERE business_id = $1 AND id = $2"
        self.go(self.pool.execute(change, self.business, who.id, per_day, per_week))
        who.per_day, who.per_week = per_day, per_week

    @rule(which=any_of, zone=st.sampled_from(ZONES))
    def somebody_moves(self, which: int, zone: ZoneInfo) -> None:
        """C26: the hours move with them, and the booked times stay."""
        who, before = self._person(which), self.go(self._instants())
        change = "UPDATE providers SET timezone = $3 WHERE business_id = $1 AND id = $2"
        self.go(self.pool.execute(change, self.business, who.id, zone.key))
        who.zone = zone
        assert before == self.go(self._instants())

    async def _instants(self) -> list[tuple[Any, ...]]:
        rows = await self.pool.fetch(
            "SELECT b.id, b.starts_at, b.ends_at, c.during FROM bookings b"
            " LEFT JOIN claims c ON c.business_id = b.business_id AND c.id = b.id WHERE b.business_id = $1 ORDER BY b.id",
            self.business,
        )
        return [tuple(row) for row in rows]

    # What customers do.

    async def _look(self, service: Service, provider: UUID | None = None) -> tuple[SlotFacts, list[Slot], list[Removed]]:
        facts = await read_slot_facts(self.pool, service.id, provider, SINCE - timedelta(days=1), UNTIL + timedelta(days=1))
        assert facts is not None
        self.truth.booked = await self._booked()
        free, removed = [], []
        for diary in facts.diaries:
            asked = (service, diary, SINCE, UNTIL, facts.now, facts.needs)
            free += slots.slots(*asked)
            removed += slots.explain(*asked)
        return facts, free, removed

    async def _booked(self) -> list[Booked]:
        rows = await self.pool.fetch(
            "SELECT b.*, hold_expires_at > clock_timestamp() AS runs FROM bookings b WHERE business_id = $1", self.business
        )
        return [self._booked_in(row) for row in rows]

    def _booked_in(self, row: asyncpg.Record) -> Booked:
        is_open = row["status"] in ("pending", "confirming", "confirmed")
        is_over = row["status"] in ("completed", "no_show")
        return Booked(
            id=row["id"],
            service_id=row["service_id"],
            provider_id=row["provider_id"],
            resource_ids=tuple(row["resource_ids"]),
            starts_at=row["starts_at"],
            blocks_from=row["blocks"].lower,
            blocks_until=row["blocks"].upper,
            capacity=row["capacity"],
            seats=row["seats"],
            occupies=is_open and (row["id"] in self.secured or row["runs"]),
            counts=is_over or row["status"] in ("confirming", "confirmed") or (row["status"] == "pending" and row["runs"]),
            is_over=is_over,
        )

    def _choice(self, which: int) -> Service:
        """A service in one of its durations."""
        offers = [
            service.lasting(length) for service in self.services for length in (None, *(d.length for d in service.durations))
        ]
        found = offers[which % len(offers)]
        assert found is not None
        return found

    async def _ask(
        self, service: Service, provider: UUID | None, at: datetime, seats: int = 1, **changed: Any
    ) -> BookingRef | Problem:
        wanted = NewBooking(
            service_id=service.id,
            provider_id=provider,
            starts_at=at.isoformat(),
            seats=seats,
            duration_minutes=service.duration // timedelta(minutes=1),
            customer=NewCustomer(name="Grace Hopper", email="grace@example.com", timezone="Europe/Berlin"),
            **changed,
        )
        try:
            held = await holding.hold(self.wired, wanted, None, self.business if wanted.override else None)
        except Problem as problem:
            return problem
        assert (held.booking.starts_at, held.booking.seats) == (at, seats)
        return held.booking.ref

    @rule(which=any_of, slot=any_of, any_provider=st.booleans(), seats=st.integers(1, 3))
    def an_offered_slot_is_held(self, which: int, slot: int, any_provider: bool, seats: int) -> None:
        service = self._choice(which)
        _, free, _ = self.go(self._look(service))
        fitting = [one for one in free if one.seats_left >= seats]
        if fitting:
            chosen = fitting[slot % len(fitting)]
            provider = None if any_provider else chosen.provider_id
            got = self.go(self._ask(service, provider, chosen.starts_at, seats))
            assert isinstance(got, BookingRef), (got, got.errors)

    @rule(which=any_of, picked=st.lists(any_of, min_size=2, max_size=5), some_are_over=st.booleans())
    def some_book_and_pay(self, which: int, picked: list[int], some_are_over: bool) -> None:
        service, does = self._choice(which), BookingActivities(self.pool)
        for pick in picked:
            _, free, _ = self.go(self._look(service))
            if free:
                slot = free[pick % len(free)]
                booking = self.go(self._ask(service, slot.provider_id, slot.starts_at))
                assert isinstance(booking, BookingRef), (booking, booking.errors)
                self._confirm(booking)
                if some_are_over and pick % 2:
                    self.go(does.complete_booking(booking))

    @rule(which=any_of, slot=any_of)
    def a_crowd_wants_an_offered_slot_and_the_next(self, which: int, slot: int) -> None:
        service = self._choice(which)
        _, free, _ = self.go(self._look(service))
        if free:
            one, other = free[slot % len(free)], free[(slot + 1) % len(free)]
            wanted = [(one.provider_id, one.starts_at), (one.provider_id, one.starts_at), (other.provider_id, other.starts_at)]
            got = self.go(self._all(*(self._ask(service, provider, at) for provider, at in wanted)))
            assert any(isinstance(each, BookingRef) for each in got)
            assert {"slot-taken"} >= {each.code for each in got if isinstance(each, Problem)}

    async def _all(self, *asked: Coroutine[Any, Any, Any]) -> list[Any]:
        return await asyncio.gather(*asked)

    @rule(which=any_of, who=any_of, at=a_time, off=st.sampled_from([0, 0, 0, 5]), seats=st.integers(1, 2))
    def somebody_asks_for_any_time(self, which: int, who: int, at: datetime, off: int, seats: int) -> None:
        """What is refused says why, and what is not refused was free."""
        service, provider = self._choice(which), self.truth.people[self.staff[who % 3]]
        if seats > service.capacity:
            return
        starts_at = at.replace(tzinfo=UTC) + timedelta(minutes=off)
        facts, _, _ = self.go(self._look(service))
        reasons = self.truth.against(service, provider, starts_at, seats, facts.now)
        got = self.go(self._ask(service, provider.id, starts_at, seats))
        if isinstance(got, Problem):
            (error,) = got.errors
            assert (Rule(error["rule"]), error["source"]) in reasons
        else:
            assert set() == reasons

    @rule(which=any_of, who=any_of, at=a_time, off=st.sampled_from([0, 10]))
    def staff_set_the_rules_aside(self, which: int, who: int, at: datetime, off: int) -> None:
        """C43: all but the past, the clocks and what is taken."""
        service, provider = self._choice(which), self.truth.people[self.staff[who % 3]]
        starts_at = at.replace(tzinfo=UTC) + timedelta(minutes=off)
        facts, _, _ = self.go(self._look(service))
        reasons = {reason for reason, _ in self.truth.against(service, provider, starts_at, 1, facts.now)}
        got = self.go(self._ask(service, provider.id, starts_at, override=Override(reason="Urgent")))
        if isinstance(got, Problem):
            assert Rule(got.errors[0]["rule"]) in reasons - BY_STAFF
        else:
            assert {Rule.NO_RESOURCE} >= reasons - BY_STAFF  # a closed room was opened

    # How bookings go on.

    def _one(self, which: int, *statuses: str) -> BookingRef | None:
        rows = self.go(
            self.pool.fetch(
                "SELECT id FROM bookings WHERE business_id = $1 AND status = ANY($2) ORDER BY id", self.business, statuses
            )
        )
        return BookingRef(self.business, rows[which % len(rows)]["id"]) if rows else None

    def _confirm(self, booking: BookingRef) -> None:
        does = BookingActivities(self.pool)
        self.go(does.begin_confirmation(ConfirmationAttempt(booking, 1)))
        try:
            self.go(does.secure_claim(booking))
        except HoldExpired:
            self.go(bookings.close(self.pool, booking, BookingStatus.EXPIRED, "hold-expired"))
        else:
            self.secured.add(booking.booking_id)
            self.go(does.confirm_booking(booking))

    @rule(which=any_of, pays=st.booleans())
    def a_booking_is_confirmed(self, which: int, pays: bool) -> None:
        if (booking := self._one(which, "pending")) is None:
            return
        if pays:
            self._confirm(booking)
        else:
            self.go(BookingActivities(self.pool).begin_confirmation(ConfirmationAttempt(booking, 1)))

    @rule(which=any_of)
    def a_hold_ends(self, which: int) -> None:
        booking = self._one(which, "pending", "confirming")
        if booking and booking.booking_id not in self.secured:
            key = (self.business, booking.booking_id)
            self.go(self.pool.execute(END_SEATS, *key))
            self.go(self.pool.execute(END_HOLD, *key))

    @rule(which=any_of)
    def a_booking_is_cancelled(self, which: int) -> None:
        if booking := self._one(which, "pending", "confirming", "confirmed"):
            self.go(bookings.close(self.pool, booking, BookingStatus.CANCELLED, "cancelled_by_customer"))

    @rule(which=any_of)
    def an_appointment_is_over(self, which: int) -> None:
        if booking := self._one(which, "confirmed"):
            self.go(BookingActivities(self.pool).complete_booking(booking))

    # What must hold after every step.

    @invariant()
    @precondition(lambda self: hasattr(self, "services"))
    def what_is_shown_is_what_is_true(self) -> None:
        self.steps += 1
        service = self._choice(self.steps)
        facts, free, removed = self.go(self._look(service))
        for provider in (self.truth.people[who] for who in self.staff):
            grid = self.truth.grid(service, provider, SINCE, UNTIL)
            offered = [slot.starts_at for slot in free if slot.provider_id == provider.id]
            told = {time.starts_at: (time.rule, time.source) for time in removed if _is_on(grid, time, provider)}
            assert sorted({*offered, *told}) == grid and len(offered) + len(told) == len(grid)
            for at in grid:
                reasons = self.truth.against(service, provider, at, 1, facts.now)
                assert (told[at] in reasons) if at in told else not reasons, (at, told.get(at), reasons)

    @invariant()
    @precondition(lambda self: hasattr(self, "services"))
    def the_claims_are_whole(self) -> None:
        """No two live claims of one provider overlap, seats are within the capacity, a booking's claims are all or none."""
        assert 0 == self.go(self.pool.fetchval(OVERLAPS, self.business))
        assert 0 == self.go(self.pool.fetchval(MISCOUNTED, self.business))
        sits: dict[UUID, list[UUID]] = {}
        for row in self.go(self.pool.fetch(SITS, self.business)):
            sits.setdefault(row["booking_id"], []).append(row["provider_id"])
        for booked in self.go(self._booked()):
            whole = sorted((booked.provider_id, *booked.resource_ids))
            assert sorted(sits.pop(booked.id, [])) in ([whole] if booked.occupies else [whole, []])
        assert {} == sits


def _is_on(grid: list[datetime], time: Removed, provider: Person) -> bool:
    """Whether a removed time is one of the starting times: no closed day, and no time that never comes."""
    return (
        time.provider_id == provider.id
        and time.starts_at in grid
        and time.rule not in (Rule.CLOSED, Rule.NONEXISTENT)
    )  # fmt: skip


END_SEATS = """
UPDATE claim_seats SET expires_at = clock_timestamp() - interval '1 second' WHERE business_id = $1 AND booking_id = $2
"""

END_HOLD = """
UPDATE bookings SET hold_expires_at = clock_timestamp() - interval '1 second' WHERE business_id = $1 AND id = $2
"""

OVERLAPS = """
SELECT count(*) FROM claims a JOIN claims b ON b.business_id = a.business_id AND b.provider_id = a.provider_id AND b.id > a.id
WHERE a.business_id = $1 AND a.during && b.during
"""

MISCOUNTED = """
SELECT count(*) FROM claims c
WHERE business_id = $1 AND (seats_taken > capacity OR seats_taken < 1 OR seats_taken <> (
    SELECT coalesce(sum(s.seats), 0) FROM claim_seats s WHERE s.business_id = c.business_id AND s.claim_id = c.id))
"""

SITS = """
SELECT s.booking_id, c.provider_id
FROM claim_seats s JOIN claims c ON c.business_id = s.business_id AND c.id = s.claim_id WHERE s.business_id = $1
"""


def test_offered_is_holdable_and_refused_is_explained(database_url: str) -> None:
    """C1, C26, C43, C51."""
    with asyncio.Runner() as runner:
        pool = runner.run(open_pool(database_url, 5))
        known = {
            **logins(database_url),
            **UNLIMITED,
            "token_secret": "a secret of the tests, long enough",
            "payments": PaymentsVendor.STRIPE,
            "stripe_api_key": "sk_test_unused",
            "stripe_webhook_secret": "whsec_unused",
        }
        made_up = Settings.model_validate(known)

        class OnThisDatabase(Business):
            """The machine, with where it runs."""

        OnThisDatabase.go = staticmethod(runner.run)
        OnThisDatabase.pool = pool
        tenants = runner.run(open_tenant_pool(made_up.tenant_url, 5, VAULT))
        OnThisDatabase.wired = Wiring(made_up, tenants, pool, FakeCommands(pool), None)
        quickly = settings(
            max_examples=24,
            stateful_step_count=25,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        try:
            run_state_machine_as_test(OnThisDatabase, settings=quickly)
        finally:
            runner.run(tenants.close())
            runner.run(pool.close())
