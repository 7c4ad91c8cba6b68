"""Whatever is held, moved, reserved, given back and closed, in any order: no overlap, no seat too many, nobody without a time.

A machine plays the customers of two people and a room on a real database, several at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from domain.bookings import BookingStatus, HoldSlot
from domain.errors import SlotTaken, TransitionNotAllowed
from domain.rescheduling import Move
from store import bookings, claims, rescheduling
from store.pool import open_pool
from tests.moves import another_provider, euros, move_of
from tests.orders import TOMORROW, Shop, open_shop, ref
from tests.store.test_rescheduling import booked

QUARTER = timedelta(minutes=15)
FIVE_MINUTES = timedelta(minutes=5)
REFUSED = (SlotTaken, TransitionNotAllowed)

OVERLAPS = """
SELECT count(*) FROM claims a JOIN claims b ON a.business_id = b.business_id AND a.provider_id = b.provider_id AND a.id < b.id
WHERE a.during && b.during
"""
MISCOUNTED = """
SELECT count(*) FROM claims c
WHERE c.seats_taken <> (SELECT coalesce(sum(s.seats), 0) FROM claim_seats s WHERE s.claim_id = c.id)
   OR c.seats_taken > c.capacity OR c.seats_taken = 0
"""
SEATED = """
SELECT b.id, b.status, b.blocks, b.provider_id || b.resource_ids AS givers, r.ranges, b.sequence,
       (SELECT count(*) FROM reschedules m WHERE m.booking_id = b.id) AS moves
FROM bookings b
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_array(c.provider_id, c.during @> b.blocks, c.during = b.blocks)), '[]') AS ranges
    FROM claim_seats s JOIN claims c ON c.id = s.claim_id WHERE s.booking_id = b.id
) r
WHERE b.business_id = $1
"""

a_time = st.integers(0, 12).map(lambda n: TOMORROW + n * QUARTER)
which = st.integers(0, 1000)


class Customers(RuleBasedStateMachine):
    """Some book one at a time and others sessions of three seats."""

    go: Callable[[Coroutine[Any, Any, Any]], Any]
    pool: asyncpg.Pool

    @initialize(capacity=st.sampled_from([1, 1, 3]))
    def open(self, capacity: int) -> None:
        self.shop: Shop = self.go(open_shop(self.pool, capacity=capacity))
        ask = (self.pool, self.shop.business_id, self.shop.service_id)
        self.people = [self.shop.provider_id, self.go(another_provider(*ask, "Hedy"))]
        self.room: UUID = self.go(another_provider(*ask, "Room"))
        self.orders: list[HoldSlot] = []
        self.reserved: dict[UUID, Move] = {}

    def _order(self, who: int, at: Any, with_room: bool, seats: int) -> HoldSlot:
        order = self.shop.order(at, seats=min(seats, self.shop.capacity))
        return replace(order, provider_id=self.people[who % 2], resource_ids=(self.room,) if with_room else ())

    def _try(self, *steps: Coroutine[Any, Any, Any]) -> list[Any]:
        """All at once; a refusal is fine, an accident is not."""

        async def together() -> list[Any]:
            return await asyncio.gather(*steps, return_exceptions=True)

        outcomes: list[Any] = self.go(together())
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, REFUSED):
                raise outcome
        return outcomes

    @rule(who=which, at=a_time, with_room=st.booleans(), seats=st.integers(1, 2))
    def somebody_books(self, who: int, at: Any, with_room: bool, seats: int) -> None:
        order = self._order(who, at, with_room, seats)
        (outcome,) = self._try(booked(self.pool, order))
        if not isinstance(outcome, SlotTaken):
            self.orders.append(order)

    @rule(who=which, at=a_time, lapsed=st.booleans())
    def somebody_holds(self, who: int, at: Any, lapsed: bool) -> None:
        order = self._order(who, at, False, 1)
        self._try(bookings.hold(self.pool, order, timedelta(seconds=-1) if lapsed else FIVE_MINUTES))

    def _move(self, n: int, who: int, at: Any, minutes: int, with_room: bool) -> Move:
        order = self.orders[n % len(self.orders)]
        sequence = self.go(self.pool.fetchval("SELECT sequence FROM bookings WHERE id = $1", order.booking_id)) + 1
        resources = (self.room,) if with_room else ()
        length = minutes if self.shop.capacity == 1 else 30
        changed = {"provider_id": self.people[who % 2], "resource_ids": resources}
        return move_of(order, at, sequence=sequence, minutes=length, **changed)

    @rule(
        wishes=st.lists(st.tuples(which, which, a_time, st.sampled_from([30, 45, 60]), st.booleans()), min_size=1, max_size=4),
        others=st.lists(st.tuples(which, a_time), max_size=2),
    )
    def some_move_while_others_book(self, wishes: list[tuple[int, int, Any, int, bool]], others: list[tuple[int, Any]]) -> None:
        if not self.orders:
            return
        moves = [self._move(*wish) for wish in wishes]
        moves = [move for move in moves if move.booking_id not in self.reserved]
        new = [self._order(who, at, True, 1) for who, at in others]
        outcomes = self._try(
            *(rescheduling.make(self.pool, move) for move in moves), *(booked(self.pool, order) for order in new)
        )
        self.orders += [order for order, done in zip(new, outcomes[len(moves) :], strict=True) if not isinstance(done, SlotTaken)]

    @rule(n=which, who=which, at=a_time, minutes=st.sampled_from([30, 45, 60]), with_room=st.booleans())
    def somebody_pays_for_a_dearer_time(self, n: int, who: int, at: Any, minutes: int, with_room: bool) -> None:
        if not self.orders or self.shop.capacity > 1:
            return
        move = replace(self._move(n, who, at, minutes, with_room), price=euros(9000))
        if move.booking_id not in self.reserved:
            (outcome,) = self._try(rescheduling.reserve(self.pool, move))
            if not isinstance(outcome, REFUSED):
                self.reserved[move.booking_id] = move

    @rule(n=which, is_paid=st.booleans())
    def the_bank_answers(self, n: int, is_paid: bool) -> None:
        if not self.reserved:
            return
        move = self.reserved.pop(sorted(self.reserved)[n % len(self.reserved)])
        if is_paid:
            assert move.starts_at == self.go(rescheduling.make(self.pool, move)).starts_at  # what is reserved is to be had
        else:
            self.go(rescheduling.undo_reserve_if_made(self.pool, move))

    @rule(n=which)
    def somebody_cancels(self, n: int) -> None:
        if not self.orders:
            return
        order = self.orders.pop(n % len(self.orders))
        self.reserved.pop(order.booking_id, None)

        async def cancel() -> None:
            async with self.pool.acquire() as connection, connection.transaction():
                await bookings.move(connection, ref(order), BookingStatus.CANCELLED, key="cancelled", kind="cancelled")
                await claims.release_if_held(connection, ref(order))

        self.go(cancel())

    @invariant()
    def nobody_overlaps_and_every_seat_is_counted(self) -> None:
        assert 0 == self.go(self.pool.fetchval(OVERLAPS))
        assert 0 == self.go(self.pool.fetchval(MISCOUNTED))

    @invariant()
    def everybody_has_their_time_and_nothing_beside(self) -> None:
        if not hasattr(self, "shop"):
            return
        for row in self.go(self.pool.fetch(SEATED, self.shop.business_id)):
            whole = {UUID(who) for who, _, is_whole in row["ranges"] if is_whole}
            if row["status"] == "confirmed":
                assert set(row["givers"]) <= whole
                assert row["id"] in self.reserved or len(row["ranges"]) == len(row["givers"])
                assert row["sequence"] == row["moves"]
            elif row["status"] == "cancelled":
                assert [] == row["ranges"]


def test_moving_conserves(database_url: str) -> None:
    with asyncio.Runner() as runner:
        pool = runner.run(open_pool(database_url, 8))

        class OnThisPool(Customers):
            go = staticmethod(runner.run)

        OnThisPool.pool = pool
        usual = settings(
            max_examples=16,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(OnThisPool, settings=usual)
        runner.run(pool.close())
