"""A business's things as they are in a shop that runs: bookings in each state, series, those who wait, endpoints, deliveries."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count, cycle
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
import httpx

from domain.bookings import Actor, BookingRef, BookingStatus, Customer
from domain.errors import SlotTaken
from domain.payments import Payment, PaymentState
from domain.people import Role
from domain.refunds import RefundWish
from domain.series import HoldSeries
from store import approvals, bookings, cancellations, customers, memberships, payments, series, sessions
from store.people import create_person
from store.sessions import Session
from tests.orders import TOMORROW, Shop, ref
from tests.series import refs, series_of

T = TypeVar("T")

A_YEAR, HALF_AN_HOUR = timedelta(days=365), timedelta(minutes=30)
HOLD = timedelta(minutes=5)
# Whatever requests have made of the provider.
GIVE = "INSERT INTO provider_services (business_id, provider_id, service_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


@dataclass
class Things:
    """Makes whatever an address may name. What a request may change is made anew for it, in one state after the other."""

    loop: asyncio.AbstractEventLoop
    pool: asyncpg.Pool
    shop: Shop
    api: Callable[[str, str, Any], httpx.Response]
    slots: Iterator[datetime]
    _nth: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._free = (TOMORROW + A_YEAR + HALF_AN_HOUR * n for n in count())
        self._past = (datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=2) - HALF_AN_HOUR * n for n in count())
        self._bookings = cycle([self._held, self._asked, self._confirmed, self._begun, self._cancelled, self._of_held_series])
        self._series = cycle([self._held_series, self._confirmed_series])
        self._made: dict[str, str] = {}

    def of(self, name: str, *, is_to_stay: bool) -> str | None:
        """The id of one that exists; None for what is no id. What stays as it is need not be made for each."""
        make = self._makers.get(name)
        if make is None:
            return None
        if not is_to_stay or name not in self._made or name == "delivery_id":  # which is one of the present endpoint
            self._made[name] = make()
        return self._made[name]

    @property
    def _makers(self) -> dict[str, Callable[[], str]]:
        return {
            "provider_id": lambda: str(self.shop.provider_id),
            "service_id": lambda: str(self.shop.service_id),
            "booking_id": lambda: str(self._do(next(self._bookings)()).booking_id),
            "series_id": lambda: str(self._do(next(self._series)()).ref.series_id),
            "entry_id": self._waits,
            "customer_id": self._customer,
            "endpoint_id": self._endpoint,
            "delivery_id": self._delivery,
            "time_off_id": lambda: self._posted("providers/{provider}/time-off", {"from": "2030-01-01", "to": "2030-01-02"}),
            "calendar_id": self._busy_calendar,
            "client_id": self._app,
            "key_id": lambda: self._posted("keys", {"name": "till", "scopes": ["bookings:read"]}),
            "person_id": lambda: str(self._do(self.member(Role.STAFF))),
            "session_id": lambda: str(self._do(self.session(self.owner_id, self.shop.business_id)).id),
        }

    def _do(self, made: Awaitable[T]) -> T:
        return self.loop.run_until_complete(made)

    def _posted(self, path: str, body: Any) -> str:
        path = path.format(provider=self.shop.provider_id)
        return str(self.api("POST", path, body).raise_for_status().json()["id"])

    def _app(self) -> str:
        app = {"name": "Salon app", "redirect_uris": ["https://salon.example/callback"]}
        return str(self.api("POST", "oauth-clients", app).raise_for_status().json()["client_id"])

    def _waits(self) -> str:
        who = {"name": "Ada", "email": f"ada{next(self._nth)}@example.com"}
        self._do(self.pool.execute(GIVE, self.shop.business_id, self.shop.provider_id, self.shop.service_id))
        first, last = TOMORROW.date() + timedelta(days=3), TOMORROW.date() + timedelta(days=5)
        wish = {"service_id": str(self.shop.service_id), "from": first.isoformat(), "to": last.isoformat()}
        return self._posted("waitlist", wish | {"customer": who})

    def _customer(self) -> str:
        """Somebody who is nowhere but in our books."""
        who = Customer("Ada", f"ada{next(self._nth)}@example.org", None, "UTC", "en")
        known = self._do(customers.know(self.pool, self.shop.business_id, who))
        assert known.key is not None
        return str(known.key.id)

    def _endpoint(self) -> str:
        for known in self.api("GET", "webhook-endpoints", None).json()["items"][:-3]:  # there may only be so many
            self.api("DELETE", f"webhook-endpoints/{known['id']}", None)
        return self._posted("webhook-endpoints", {"url": f"https://salon.example/{next(self._nth)}"})

    def _delivery(self) -> str:
        endpoint_id = self.of("endpoint_id", is_to_stay=True)
        return self._posted(f"webhook-endpoints/{endpoint_id}/test", None)

    def _busy_calendar(self) -> str:
        made = self._posted("providers/{provider}/busy-calendars", {"name": f"Google {next(self._nth)}", "good_for_minutes": 5})
        reading = {"read_at": datetime.now(UTC).isoformat(), "times": []}
        self.api("PUT", f"providers/{self.shop.provider_id}/busy-calendars/{made}/times", reading).raise_for_status()
        return made

    @cached_property
    def owner_id(self) -> UUID:
        """Somebody who works for the business and may do everything."""
        return self._do(self.member(Role.OWNER))

    async def member(self, role: Role | None) -> UUID:
        """A new person who works for the business, or, without a role, for none."""
        async with self.pool.acquire() as connection, connection.transaction():
            person_id = await create_person(connection, f"staff{uuid4().hex}@example.com", "Grace Hopper", "no hash")
            assert person_id is not None
            if role is not None:
                await memberships.join(connection, self.shop.business_id, person_id, role, "tests")
            return person_id

    async def session(self, person_id: UUID, business_id: UUID | None) -> Session:
        """A log-in of this person to this business, or, without one, as a customer."""
        async with self.pool.acquire() as connection, connection.transaction():
            session, _ = await sessions.begin(connection, person_id, business_id, timedelta(days=1))
            return session

    async def _held(self, times: Iterator[datetime] | None = None) -> BookingRef:
        """At the next time that no request has booked before."""
        while True:
            order = self.shop.order(next(times or self._free))
            with contextlib.suppress(SlotTaken):
                await bookings.hold(self.pool, order, HOLD)
                return ref(order)

    async def _asked(self) -> BookingRef:
        booking, at = await self._held(), datetime.now(UTC) + timedelta(hours=1)
        await self._moved(booking, BookingStatus.CONFIRMING)
        await approvals.ask(self.pool, booking, at)
        return booking

    async def _confirmed(self, times: Iterator[datetime] | None = None) -> BookingRef:
        booking = await self._held(times)
        paid = Payment(f"pi_{booking.booking_id}", PaymentState.CAPTURED, self.shop.price)
        await payments.save(self.pool, booking, "stripe", paid, key="payment-captured", kind="payment_captured")
        await self._moved(booking, BookingStatus.CONFIRMING)
        await self._moved(booking, BookingStatus.CONFIRMED)
        return booking

    async def _begun(self) -> BookingRef:
        """One that its customer may have missed."""
        return await self._confirmed(self._past)

    async def _cancelled(self) -> BookingRef:
        """Its refund does not come through."""
        booking = await self._confirmed()
        await cancellations.cancel(self.pool, booking, Actor.STAFF, None, RefundWish.FULL)
        return booking

    async def _of_held_series(self) -> BookingRef:
        return refs(await self._held_series())[1]

    async def _held_series(self) -> HoldSeries:
        while True:
            made = series_of(self.shop, [next(self._free) for _ in range(3)])
            with contextlib.suppress(SlotTaken):
                await series.hold(self.pool, made, HOLD)
                return made

    async def _confirmed_series(self) -> HoldSeries:
        made = await self._held_series()
        await series.begin(self.pool, made.ref, 1)
        await series.confirm(self.pool, made.ref)
        return made

    async def _moved(self, booking: BookingRef, status: BookingStatus) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await bookings.move(connection, booking, status, key=status.value, kind=status.value)
