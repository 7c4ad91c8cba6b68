"""Whatever those who wait, those who book and the business do, in any order and several at once: no time is claimed twice or
offered to two, nobody who fits is passed over, and the order is kept.

A machine plays all of them on a real database, and after every look at the line holds what was offered against the plain truth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from domain.bookings import BookingRef, BookingStatus, HoldSlot
from domain.errors import SlotTaken, TransitionNotAllowed
from domain.hours import Interval
from domain.slots import Slot, check
from domain.waitlist import MOST_LAPSES
from store import bookings
from store.pool import open_pool
from store.slots import read_slot_facts
from store.waitlist import leave, prefer
from tests.moves import another_provider
from tests.store.test_moving_conserves import MISCOUNTED, OVERLAPS
from tests.waiting_line import LONDON, Waitlist, booking_of, open_waitlist

STEPS = 6  # half hours of the longest day
REFUSED = (SlotTaken, TransitionNotAllowed)

# An entry that is offered a time has just one open offer, and that is held or being confirmed; nobody else has one.
OUT_OF_STEP = """
SELECT count(*) FROM waitlist_entries e
WHERE e.business_id = $1
  AND (SELECT count(*) FROM waitlist_offers o JOIN bookings b ON b.id = o.booking_id
       WHERE o.entry_id = e.id AND o.outcome = 'open' AND b.status IN ('pending', 'confirming')
         AND EXISTS (SELECT FROM claim_seats s WHERE s.booking_id = b.id))
      <> CASE e.state WHEN 'offered' THEN 1 WHEN 'left' THEN
           (SELECT count(*) FROM waitlist_offers o WHERE o.entry_id = e.id AND o.outcome = 'open') ELSE 0 END
"""
TWICE = """
SELECT count(*) FROM (
    SELECT entry_id, provider_id, starts_at FROM waitlist_offers WHERE business_id = $1 AND outcome <> 'failed'
    GROUP BY 1, 2, 3 HAVING count(*) > 1) twice
"""
TOO_LONG = """
SELECT count(*) FROM waitlist_entries WHERE business_id = $1 AND (lapses > $2 OR lapses = $2 AND state = 'waiting')
"""
BACK_AGAIN = "SELECT count(*) FROM waitlist_entries WHERE business_id = $1 AND id = ANY($2::uuid[]) AND state <> 'left'"

LINE = """
SELECT e.*, (SELECT array_agg(ROW (o.provider_id, o.starts_at)) FROM waitlist_offers o
             WHERE o.entry_id = e.id AND o.outcome IN ('lapsed', 'declined')) AS refused
FROM waitlist_entries e WHERE e.business_id = $1 AND e.state = 'waiting'
"""

any_of = st.integers(0, 10_000)  # which of what there is then
a_step = st.integers(0, STEPS - 1)


class Salon(RuleBasedStateMachine):
    """Two people who give one service, alone or in a session, tomorrow."""

    go: Callable[[Coroutine[Any, Any, Any]], Any]
    pool: asyncpg.Pool

    @initialize(capacity=st.sampled_from([1, 1, 3]), hours=st.integers(1, 2), first=st.lists(a_step, min_size=2, max_size=5))
    def open(self, capacity: int, hours: int, first: list[int]) -> None:
        self.line: Waitlist = self.go(open_waitlist(self.pool, capacity=capacity, hours=hours))
        shop = self.line.shop
        self.people = [shop.provider_id, self.go(another_provider(self.pool, shop.business_id, shop.service_id))]
        self.go(self.pool.execute("UPDATE providers SET timezone = 'Europe/London' WHERE business_id = $1", shop.business_id))
        self.joined = 0
        self.gone: set[UUID] = set()
        self.entries: list[UUID] = []
        self.booked: list[BookingRef] = []
        self.offered: list[BookingRef] = []
        for n, seats in enumerate(first):
            self.somebody_joins(None if n else 0, 0, STEPS, 1 + seats % 2, n // 3, False)

    # Those who wait.

    @rule(
        who=st.sampled_from([None, None, 0, 1]),
        first=a_step,
        steps=st.integers(1, STEPS),
        seats=st.integers(1, 2),
        priority=st.sampled_from([0, 0, 0, 1]),
        today=st.booleans(),
    )
    def somebody_joins(self, who: int | None, first: int, steps: int, seats: int, priority: int, today: bool) -> None:
        self.joined += 1
        wish = self.line.wish(
            provider_id=None if who is None else self.people[who],
            times=(Interval(540 + first * 30, 540 + (first + steps) * 30),) if today else (),
            weekdays=frozenset({self.line.day.weekday()}) if today else frozenset(),
            seats=min(seats, self.line.shop.capacity),
        )
        self.entries.append(self.go(self.line.joins(f"Customer{self.joined}", wish, priority)))

    @rule(which=any_of)
    def somebody_leaves(self, which: int) -> None:
        if self.entries:
            self.go(self._leave(self.entries[which % len(self.entries)]))

    async def _leave(self, entry: UUID) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            if await leave(connection, self.line.shop.business_id, entry):
                self.gone.add(entry)

    @rule(which=any_of, priority=st.integers(0, 2))
    def somebody_is_preferred(self, which: int, priority: int) -> None:
        async def do(entry: UUID) -> None:
            async with self.pool.acquire() as connection, connection.transaction():
                await prefer(connection, self.line.shop.business_id, entry, priority)

        if self.entries:
            self.go(do(self.entries[which % len(self.entries)]))

    # Ordinary customers, and what becomes of bookings.

    async def _try(self, *steps: Coroutine[Any, Any, Any]) -> list[Any]:
        """All at once; a refusal is fine, an accident is not."""
        outcomes = await asyncio.gather(*steps, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, REFUSED):
                raise outcome
        return [None if isinstance(outcome, BaseException) else outcome for outcome in outcomes]

    @rule(who=any_of, step=a_step)
    def somebody_books(self, who: int, step: int) -> None:
        (booked,) = self.go(self._try(self.line.books(self.line.at(step * 30), self.people[who % 2])))
        self.booked += [booked] if booked else []

    @rule(which=any_of)
    def somebody_cancels(self, which: int) -> None:
        if self.booked:
            booking = self.booked.pop(which % len(self.booked))
            self.go(self.pool.execute("UPDATE bookings SET status = 'confirming' WHERE id = $1", booking.booking_id))
            self.go(self.line.ends(booking, BookingStatus.CANCELLED))
            self.the_line_is_looked_at()

    @rule(which=any_of, end=st.sampled_from(["confirmed", "expired", "expired", "cancelled", "failed"]))
    def an_offer_ends(self, which: int, end: str) -> None:
        self.the_line_is_looked_at()
        if not self.offered:
            return
        booking = self.offered.pop(which % len(self.offered))
        if end == "confirmed":
            self.go(self.line.confirms(booking))
            self.booked.append(booking)
        else:
            self.go(self.line.ends(booking, BookingStatus(end)))
        self.the_line_is_looked_at()

    @rule(times=st.integers(1, MOST_LAPSES))
    def nobody_answers(self, times: int) -> None:
        for _ in range(times):
            self.the_line_is_looked_at()
            while self.offered:
                self.go(self.line.ends(self.offered.pop(), BookingStatus.EXPIRED))

    @rule(which=any_of)
    def somebody_with_an_offer_leaves(self, which: int) -> None:
        self.the_line_is_looked_at()
        if self.offered:
            booking = self.offered.pop(which % len(self.offered))
            entry = self.go(self.pool.fetchval("SELECT waitlist_entry_id FROM bookings WHERE id = $1", booking.booking_id))
            self.go(self._leave(entry))
            self.go(self.line.ends(booking, BookingStatus.CANCELLED))

    # The business.

    @rule(who=any_of, hours=st.integers(0, STEPS // 2))
    def the_hours_change(self, who: int, hours: int) -> None:
        self.go(self.line.opens(hours, self.people[who % 2]))

    @rule(more=st.integers(1, 3))
    def the_sessions_change(self, more: int) -> None:
        if self.line.shop.capacity > 1:
            self.go(self.pool.execute("UPDATE services SET capacity = $2 WHERE id = $1", self.line.shop.service_id, more))

    # Whoever makes the offers.

    @rule()
    def the_line_is_looked_at(self) -> None:
        """One offer after the other, each held against the truth before it is made."""
        while True:
            expected = self.go(self._first_who_fits())
            order: HoldSlot | None = self.go(self.line.find())
            assert (None if order is None else order.waitlist_entry_id) == expected
            if order is None:
                return
            assert self.go(self._would_do(order))
            self.go(bookings.hold(self.pool, order, timedelta(minutes=30)))
            self.offered.append(booking_of(order))

    @rule(wishes=st.lists(st.tuples(any_of, a_step), max_size=3))
    def several_look_while_others_book(self, wishes: list[tuple[int, int]]) -> None:
        books = [self.line.books(self.line.at(step * 30), self.people[who % 2]) for who, step in wishes]
        looks = [self.line.offers(), self.line.offers()]
        *made, booked = self.go(self._race(looks, books))
        self.offered += [booking_of(order) for orders in made for order in orders or ()]
        self.booked += [booking for booking in booked if booking]
        self.the_line_is_looked_at()

    async def _race(self, looks: list[Any], books: list[Any]) -> list[Any]:
        outcomes = await self._try(*looks, *books)
        return [*outcomes[:2], outcomes[2:]]

    # The plain truth, by trying every time of the day for everybody.

    async def _free(self) -> tuple[dict[tuple[UUID, datetime, int], bool], list[datetime]]:
        day = datetime(self.line.day.year, self.line.day.month, self.line.day.day, tzinfo=LONDON)
        facts = await read_slot_facts(self.pool, self.line.shop.service_id, None, day, day + timedelta(days=1))
        assert facts is not None
        times = [self.line.at(step * 30) for step in range(STEPS)]
        free = {
            (diary.provider_id, at, seats): seats <= facts.service.capacity
            and isinstance(check(facts.service, diary, at, seats, facts.now, facts.needs), Slot)
            for diary in facts.diaries
            for at in times
            for seats in (1, 2)
        }
        return free, times

    async def _first_who_fits(self) -> UUID | None:
        free, times = await self._free()
        rows = await self.pool.fetch(LINE, self.line.shop.business_id)
        for row in sorted(rows, key=lambda row: (-row["priority"], row["joined_at"], row["id"])):
            refused = {(who, at) for who, at in row["refused"] or ()}
            for who in self.people:
                for at in times:
                    if free[who, at, row["seats"]] and (who, at) not in refused and _wants(row, who, at):
                        entry: UUID = row["id"]
                        return entry
        return None

    async def _would_do(self, order: HoldSlot) -> bool:
        free, _ = await self._free()
        rows = await self.pool.fetch(LINE, self.line.shop.business_id)
        (row,) = (row for row in rows if row["id"] == order.waitlist_entry_id)
        at = order.starts_at.astimezone(LONDON)
        refused = {(who, start) for who, start in row["refused"] or ()}
        fits = _wants(row, order.provider_id, at) and (order.provider_id, at) not in refused
        return fits and free[order.provider_id, at, row["seats"]]

    @invariant()
    def nobody_overlaps_and_every_seat_is_counted(self) -> None:
        assert 0 == self.go(self.pool.fetchval(OVERLAPS))
        assert 0 == self.go(self.pool.fetchval(MISCOUNTED))

    @invariant()
    def entries_and_their_offers_are_in_step(self) -> None:
        if hasattr(self, "line"):
            business = self.line.shop.business_id
            assert 0 == self.go(self.pool.fetchval(OUT_OF_STEP, business))
            assert 0 == self.go(self.pool.fetchval(TWICE, business))
            assert 0 == self.go(self.pool.fetchval(TOO_LONG, business, MOST_LAPSES))
            assert 0 == self.go(self.pool.fetchval(BACK_AGAIN, business, list(self.gone)))


def _wants(row: asyncpg.Record, who: UUID, at: datetime) -> bool:
    """What the entry says, in other words than the product's."""
    wall = at.astimezone(LONDON)
    minute = wall.hour * 60 + wall.minute
    is_then = not row["times"] or any(minute in range(start, end) for start, end in row["times"])
    is_that_day = not row["weekdays"] or wall.weekday() in row["weekdays"]
    return row["provider_id"] in (None, who) and is_that_day and is_then and row["first_day"] <= wall.date() <= row["last_day"]


def test_the_waitlist_conserves(database_url: str) -> None:
    with asyncio.Runner() as runner:
        pool = runner.run(open_pool(database_url, 8))

        class OnThisPool(Salon):
            go = staticmethod(runner.run)

        OnThisPool.pool = pool
        usual = settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(OnThisPool, settings=usual)
        runner.run(pool.close())
