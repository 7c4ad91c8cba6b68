"""A business with its key and a small client, set up through the API itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from api.commands.contract import Ended
from api.commands.outcomes import BookingIsOver, ConfirmOutcome, Progress
from domain.approvals import Verdict
from domain.bookings import Actor, BookingRef, BookingStatus, HoldSlot, OnCalendarFailure
from domain.errors import SlotTaken, StepNotUnderWay
from domain.operations import (
    GiveUpHold,
    Operated,
    RefundBooking,
    ResendMessage,
    SettleStep,
    StepUnderWay,
    UnderWay,
    Wish,
    operation_of,
)
from domain.payments import PaymentNews
from domain.rescheduling import Move, Moved
from domain.series import CloseSeries, HoldSeries, SeriesRef
from store import approvals, bookings, cancellations, no_shows, operations, rescheduling, settling
from store import series as series_store
from workflows.messages import Cancel, CancelSeries, Decide

HOURS = [{"start": "09:00", "end": "17:00"}]
WHICHEVER = {"If-Match": "*"}
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), HOURS)
SERVICE: dict[str, Any] = {
    "name": "Haircut",
    "duration_minutes": 60,
    "slot_step_minutes": 30,
    "price": {"amount": 5000, "currency": "EUR"},
    "payment": "online",
}
CUSTOMER = {"name": "Grace Hopper", "email": "grace@example.com", "phone": "+49 30 901820", "locale": "en"}


@dataclass
class FakeCommands:
    """Does to the store what the workflow would do, at once and without Temporal; refusals are set by the test."""

    pool: asyncpg.Pool
    orders: list[HoldSlot] = field(default_factory=list)
    confirmed_with: list[tuple[str | None, str | None]] = field(default_factory=list)
    outcome: ConfirmOutcome | None = None
    refusal: Exception | None = None
    lost_races: set[UUID] = field(default_factory=set)
    spent: set[UUID] = field(default_factory=set)
    moves: list[tuple[Move, str]] = field(default_factory=list)
    still_working: bool = False
    decisions: list[Decide] = field(default_factory=list)
    news: list[PaymentNews] = field(default_factory=list)
    series: list[HoldSeries] = field(default_factory=list)
    steps: list[StepUnderWay] = field(default_factory=list)
    polling: bool | Exception = True
    backlog: float = 0.0
    waits: list[float] = field(default_factory=list)

    async def hold(self, order: HoldSlot, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        self.orders.append(order)
        self._refuse()
        if order.booking_id in self.spent:
            raise BookingIsOver
        if order.provider_id in self.lost_races:
            raise SlotTaken("this time was just taken")
        await bookings.hold(self.pool, order, timedelta(minutes=5))

    async def confirm(self, booking: BookingRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome:
        self.confirmed_with.append((payment_method, return_url))
        self._refuse()
        if self.outcome is not None:
            return self.outcome
        async with self.pool.acquire() as connection, connection.transaction():
            await bookings.move(connection, booking, BookingStatus.CONFIRMING, key="confirming:1", kind="confirming")
            await bookings.move(connection, booking, BookingStatus.CONFIRMED, key="confirmed", kind="confirmed")
        return ConfirmOutcome(Progress.CONFIRMED)

    async def cancel(self, booking: BookingRef, cancel: Cancel) -> None:
        self._refuse()
        if await self.pool.fetchval("SELECT status FROM bookings WHERE id = $1", booking.booking_id) == "confirmed":
            await cancellations.cancel(self.pool, booking, cancel.by, cancel.reason, cancel.refund, cancel.version)
        else:
            await bookings.close(self.pool, booking, BookingStatus.CANCELLED, f"cancelled-by-{cancel.by}", cancel.reason)

    async def reschedule(self, move: Move, request_id: str) -> Moved | None:
        self.moves.append((move, request_id))
        self._refuse()
        if move.provider_id in self.lost_races:
            raise SlotTaken("this time was just taken")
        return None if self.still_working else await rescheduling.make(self.pool, move)

    async def decide(self, booking: BookingRef, decide: Decide) -> bool:
        self.decisions.append(decide)
        self._refuse()
        link_hash = bytes.fromhex(decide.link_hash) if decide.link_hash else None
        await approvals.decide(self.pool, booking, decide.verdict, decide.by, link_hash)
        if self.still_working:
            return False
        if decide.verdict is Verdict.APPROVED:
            async with self.pool.acquire() as connection, connection.transaction():
                await bookings.move(connection, booking, BookingStatus.CONFIRMED, key="confirmed", kind="confirmed")
        else:
            await bookings.close(self.pool, booking, BookingStatus.CANCELLED, "declined", decide.words)
        return True

    async def mark_no_show(self, booking: BookingRef, version: int | None = None) -> None:
        self._refuse()
        await no_shows.mark(self.pool, booking, version)

    async def pay(self, booking: BookingRef, payment_method: str, return_url: str | None) -> ConfirmOutcome:
        self._refuse()
        return self.outcome or ConfirmOutcome(Progress.CONFIRMED)

    async def tell_payment_news(self, news: PaymentNews, series: SeriesRef | None = None) -> None:
        self.news.append(news)

    async def hold_series(self, series: HoldSeries, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        self.series.append(series)
        self._refuse()
        await series_store.hold(self.pool, series, timedelta(minutes=5))

    async def confirm_series(self, series: SeriesRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome:
        self.confirmed_with.append((payment_method, return_url))
        self._refuse()
        if self.outcome is not None:
            return self.outcome
        await series_store.begin(self.pool, series, 1)
        await series_store.confirm(self.pool, series)
        return ConfirmOutcome(Progress.CONFIRMED)

    async def cancel_series(self, series: SeriesRef, cancel: Cancel) -> None:
        self._refuse()
        end = CloseSeries(series, BookingStatus.CANCELLED, f"cancelled-by-{cancel.by}", cancel.reason)
        await series_store.close(self.pool, end)

    async def cancel_occurrences(self, series: SeriesRef, cancel: CancelSeries) -> None:
        self._refuse()
        for booking_id in cancel.booking_ids:
            wish = cancel.cancel
            booking = BookingRef(series.business_id, booking_id)
            await cancellations.cancel(self.pool, booking, wish.by, wish.reason, wish.refund)

    async def operate(self, booking: BookingRef, wish: Wish, over: Ended | None = None) -> Operated:
        self._refuse()
        operation = operation_of(booking, wish.operation_id or "", wish)
        if isinstance(wish, RefundBooking):
            asked = await operations.request_refund(self.pool, operation, wish.amount)
            return Operated(operation.id, "requested", asked.amount)
        if isinstance(wish, SettleStep):
            await settling.settle(self.pool, operation, wish.done, is_under_way=False)
        elif isinstance(wish, ResendMessage):
            await operations.prepare_resend(self.pool, operation, wish)
        elif isinstance(wish, GiveUpHold):
            await operations.note_alone(self.pool, operation)
            await self.cancel(booking, Cancel(Actor.STAFF, wish.reason))
        elif wish.step not in [step.name for step in self.steps]:
            raise StepNotUnderWay("no such step is under way", step=wish.step)
        else:
            await operations.note_alone(self.pool, operation)
        return Operated(operation.id, "done")

    async def under_way(self, booking: BookingRef) -> UnderWay | None:
        return UnderWay(tuple(self.steps)) if self.polling is True else None

    def waiting(self, seconds: float) -> FakeCommands:
        self.waits.append(seconds)
        return self

    async def worker_is_polling(self) -> bool:
        if isinstance(self.polling, Exception):
            raise self.polling
        return self.polling

    async def backlog_seconds(self) -> float:
        return self.backlog

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal


@dataclass(frozen=True)
class Shop:
    """One business's view of the API."""

    client: httpx.AsyncClient
    pool: asyncpg.Pool
    business_id: UUID
    key: str

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.post(f"/api/v1{path}", json=body, headers=self.auth | headers)

    async def put(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.put(f"/api/v1{path}", json=body, headers=self.auth | headers)

    async def change(self, path: str, body: Any) -> httpx.Response:
        """As somebody who has looked at it before."""
        return await self.put(path, body, **await self.seen(path))

    async def seen(self, path: str) -> dict[str, str]:
        """What somebody says who has looked at this."""
        return {"If-Match": (await self.get(path)).headers.get("ETag", "*")}

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(f"/api/v1{path}", params=query, headers=self.auth)

    async def delete(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.delete(f"/api/v1{path}", params=query, headers=self.auth)

    async def slots(self, service_id: str, provider_id: str | None, day: date, **query: Any) -> dict[str, Any]:
        """The day's slots, with what was removed and why; of all providers for None."""
        asked = {"date": day.isoformat(), "explain": "1"} | query
        path = f"/services/{service_id}/slots" if provider_id is None else f"/providers/{provider_id}/slots"
        answer = await self.client.get(
            f"/api/v1{path}", params=asked if provider_id is None else asked | {"service_id": service_id}
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def clocks(self, service_id: str, provider_id: str, day: date, **query: Any) -> list[str]:
        """At which wall times the day has free slots."""
        found = await self.slots(service_id, provider_id, day, **query)
        return [slot["starts_at"][11:16] for slot in found["slots"]]

    async def why(self, service_id: str, provider_id: str, at: datetime, **changed: Any) -> tuple[int, str, str]:
        """How a booking of this time is refused: status, rule and source; the explanation must say the same."""
        answer = await self.book(service_id, provider_id, at, **changed)
        assert answer.status_code in (409, 422), answer.text
        (error,) = answer.json()["errors"]
        explained = await self.slots(service_id, provider_id, at.date())
        reasons = [
            (time["rule"], time["source"])
            for time in explained["removed"]
            if datetime.fromisoformat(time["starts_at"]) == at
            or (time["rule"] == "closed" and time["starts_at"] <= at.isoformat() < time["ends_at"])
        ]
        assert [(error["rule"], error["source"])] == reasons
        return answer.status_code, error["rule"], error["source"]

    async def service(self, **changed: Any) -> str:
        answer = await self.post("/services", SERVICE | changed)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def provider(
        self, *service_ids: str, zone: str = "Europe/Berlin", week: Mapping[str, Any] = WEEK, **changed: Any
    ) -> str:
        body = {"name": "Dr Ada Byron", "timezone": zone, "email": "ada@example.com", "service_ids": list(service_ids)} | changed
        answer = await self.post("/providers", body)
        assert answer.status_code == 201, answer.text
        provider_id = str(answer.json()["id"])
        scheduled = await self.put(f"/providers/{provider_id}/schedule", {"weekly": week})
        assert scheduled.status_code == 200, scheduled.text
        return provider_id

    async def book(self, service_id: str, provider_id: str | None, starts_at: datetime | str, **changed: Any) -> httpx.Response:
        key = changed.pop("key", None)
        at = starts_at if isinstance(starts_at, str) else starts_at.isoformat()
        body = {"service_id": service_id, "provider_id": provider_id, "starts_at": at, "customer": CUSTOMER} | changed
        headers = {"Idempotency-Key": key} if key else {}
        return await self.client.post("/api/v1/bookings", json=body, headers=headers)


def problem(answer: httpx.Response) -> tuple[int, str, list[str]]:
    """A refusal as (status, code, the places it points at)."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert body["type"] == f"urn:slotkeeper:problem:{body['code']}"
    assert body["status"] == answer.status_code
    assert body["title"] and body["detail"]
    places = [error.get("pointer") or error.get("parameter") or error.get("header") or "" for error in body.get("errors", [])]
    return answer.status_code, body["code"], places
