"""A shop with hours and people who wait for its times, written straight into the store, and its line moved on by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from uuid_utils.compat import uuid7

from activities.waitlist import FindOffer, Lost, WaitlistActivities
from domain.bookings import BookingRef, BookingStatus, HoldSlot
from domain.errors import SlotTaken
from domain.hours import Interval
from domain.waitlist import EntryState, Wish
from store import bookings
from store.providers import give_service
from store.schedules import replace_schedule
from store.waitlist import NewEntry, join
from tests.orders import ADA, TOMORROW, Shop, open_shop

LONDON = ZoneInfo("Europe/London")
SECRET = "t" * 32
OPENS = 9 * 60


@dataclass(frozen=True, slots=True)
class Waitlist:
    """One service and its line. What the workflow does is here `offer` and its like."""

    pool: asyncpg.Pool
    shop: Shop
    activities: WaitlistActivities

    @property
    def day(self) -> date:
        return TOMORROW.astimezone(LONDON).date()

    def at(self, minutes_after_nine: int) -> datetime:
        """A time of tomorrow's, in London."""
        nine = datetime(self.day.year, self.day.month, self.day.day, 9, tzinfo=LONDON)
        return nine + timedelta(minutes=minutes_after_nine)

    def wish(self, **changed: object) -> Wish:
        usual = Wish(self.shop.service_id, None, self.day, self.day, LONDON)
        return replace(usual, **changed)  # type: ignore[arg-type] # fields of a wish

    async def joins(self, name: str, wish: Wish | None = None, priority: int = 0) -> UUID:
        """The entry of this customer, new or not."""
        wanted, entry_id = wish or self.wish(), uuid7()
        who = replace(ADA, name=name, email=f"{name.lower()}@example.com")
        hashed = hashlib.sha256(f"{name} {wanted}".encode()).digest()
        new = NewEntry(self.shop.business_id, entry_id, wanted, who, priority, hashed, hashed, hashed)
        async with self.pool.acquire() as connection, connection.transaction():
            return await join(connection, new) or entry_id

    async def opens(self, hours: int, of: UUID | None = None) -> None:
        """From nine, for so many hours, every day."""
        week = {day: [Interval(OPENS, OPENS + hours * 60)] if hours else [] for day in range(7)}
        await replace_schedule(self.pool, self.shop.business_id, of or self.shop.provider_id, week, date.min, date.max)

    async def books(self, at: datetime, of: UUID | None = None) -> BookingRef:
        """An ordinary customer, who confirms."""
        order = replace(self.shop.order(at, paid=False), provider_id=of or self.shop.provider_id)
        await bookings.hold(self.pool, order, timedelta(minutes=5))
        await self.confirms(ref := BookingRef(order.business_id, order.booking_id))
        return ref

    async def find(self, lost: tuple[Lost, ...] = ()) -> HoldSlot | None:
        """Whose turn it is."""
        found = await self.activities.find_offer(FindOffer(self.shop.business_id, self.shop.service_id, lost))
        return found.offer.order if found.offer else None

    async def offer(self) -> HoldSlot | None:
        """Finds and holds one offer, as the workflow does; None where there is nothing to offer."""
        lost: tuple[Lost, ...] = ()
        while (order := await self.find(lost)) is not None and order.waitlist_entry_id is not None:
            try:
                await bookings.hold(self.pool, order, timedelta(minutes=30))
            except SlotTaken:
                lost = (*lost, Lost(order.waitlist_entry_id, order.provider_id, order.starts_at))
            else:
                return order
        return None

    async def offers(self) -> list[HoldSlot]:
        """All that can be offered now."""
        made = []
        while (order := await self.offer()) is not None:
            made.append(order)
        return made

    async def confirms(self, booking: BookingRef) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await bookings.move(connection, booking, BookingStatus.CONFIRMING, key="confirming:1", kind="confirming")
            await bookings.move(connection, booking, BookingStatus.CONFIRMED, key="confirmed", kind="confirmed")

    async def ends(self, booking: BookingRef, status: BookingStatus) -> None:
        await bookings.close(self.pool, booking, status, status.value)

    async def state_of(self, entry_id: UUID) -> EntryState:
        return EntryState(await self.pool.fetchval("SELECT state FROM waitlist_entries WHERE id = $1", entry_id))


def booking_of(order: HoldSlot) -> BookingRef:
    return BookingRef(order.business_id, order.booking_id)


async def open_waitlist(pool: asyncpg.Pool, *, capacity: int = 1, hours: int = 1) -> Waitlist:
    shop = await open_shop(pool, capacity=capacity)
    await pool.execute("UPDATE services SET payment = 'none', price_amount = 0 WHERE id = $1", shop.service_id)
    await give_service(pool, shop.business_id, shop.provider_id, shop.service_id, 0)
    waitlist = Waitlist(pool, shop, WaitlistActivities(pool, SECRET))
    await waitlist.opens(hours)
    return waitlist
