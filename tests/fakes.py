"""In-memory vendors that keep the domain Protocols' promises, count their effects and fail on demand."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.bookings import Appointment
from domain.calendars import CalendarAccident, FoundEvent
from domain.errors import PaymentMethodUnsuitable, PaymentNotCapturable, RefundRefused
from domain.messages import DeliveryNews, DeliveryState, Email, MessageAccident, Sms
from domain.money import Money
from domain.payments import (
    MadePage,
    MadePayment,
    NextAction,
    Payment,
    PaymentAccident,
    PaymentNews,
    PaymentState,
    Refund,
    RefundState,
)


@dataclass(slots=True)
class Fault:
    """Fails a named call so many times (-1: for good), before it has happened or after."""

    accident: Callable[[], Exception]
    times: int = 1
    after: bool = False
    slow: float = 0.0


@dataclass(slots=True)
class Faults:
    """The switchboard of one fake."""

    planned: dict[str, Fault] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    async def before(self, call: str) -> None:
        self.calls.append(call)
        fault = self.planned.get(call)
        if fault is not None:
            await asyncio.sleep(fault.slow)
        self._strike(fault, after=False)

    def after(self, call: str) -> None:
        self._strike(self.planned.get(call), after=True)

    def _strike(self, fault: Fault | None, *, after: bool) -> None:
        if fault is None or fault.after is not after or fault.times == 0:
            return
        fault.times -= 1
        raise fault.accident()


@dataclass(slots=True)
class FakePayments:
    """One payment a booking. Methods: `ok`, `declined`, `action` (the customer must act), `instant` (charged at once)."""

    faults: Faults = field(default_factory=Faults)
    payments: dict[str, Payment] = field(default_factory=dict)
    refunds: int = 0
    action_result: PaymentState | None = None
    refund_result: RefundState = RefundState.SUCCEEDED
    parts: dict[str, Refund] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)
    charges: dict[str, Payment] = field(default_factory=dict)
    charge_result: PaymentState = PaymentState.CAPTURED
    reserved_for: timedelta | None = None
    renew_result: PaymentState = PaymentState.AUTHORISED
    owners: dict[str, tuple[UUID, UUID]] = field(default_factory=dict)

    def fail(self, call: str, times: int = 1, *, after: bool = False, slow: float = 0.0) -> None:
        self.faults.planned[call] = Fault(lambda: PaymentAccident(call), times, after, slow)

    @property
    def only(self) -> Payment:
        (payment,) = self.payments.values()
        return payment

    async def create(self, business_id: UUID, booking_id: UUID, amount: Money, *, key: str) -> Payment:
        await self.faults.before("create")
        payment = self.payments.setdefault(key, Payment(f"pay_{key}", PaymentState.CREATED, amount))
        self.owners[payment.id] = business_id, booking_id
        self.faults.after("create")
        return payment

    async def authorise(
        self,
        payment_id: str,
        payment_method: str,
        *,
        return_url: str,
        key: str,
        save: bool = False,
        only_reserve: bool = False,
        opened: Payment | None = None,
    ) -> Payment:
        await self.faults.before("authorise")
        if only_reserve and payment_method == "instant":
            raise PaymentMethodUnsuitable("charged at once")
        if save:
            self.saved[payment_id] = payment_method
        payment = self._find(payment_id)
        if payment.state in (PaymentState.AUTHORISED, PaymentState.CAPTURED):
            return payment
        if payment_method == "declined":
            changed = replace(payment, state=PaymentState.DECLINED, decline_code="card_declined")
        elif payment_method == "action":
            action = NextAction("redirect_to_url", "https://bank.example/3ds", None)
            changed = replace(payment, state=PaymentState.ACTION_REQUIRED, next_action=action)
        else:
            state = PaymentState.CAPTURED if payment_method == "instant" else PaymentState.AUTHORISED
            changed = replace(payment, state=state, next_action=None, decline_code=None, capture_before=self._end())
        self._put(changed)
        self.faults.after("authorise")
        return changed

    async def look(self, payment_id: str) -> Payment:
        await self.faults.before("look")
        payment = self._find(payment_id)
        if payment.state is PaymentState.ACTION_REQUIRED and self.action_result is not None:
            payment = replace(payment, state=self.action_result, next_action=None, capture_before=self._end())
            self._put(payment)
        return payment

    async def capture(self, payment_id: str, *, key: str, is_reserved: bool = False) -> Payment:
        await self.faults.before("capture")
        payment = self._find(payment_id)
        if payment.state is PaymentState.CANCELLED:
            raise PaymentNotCapturable("the authorisation is gone")
        self._put(replace(payment, state=PaymentState.CAPTURED))
        self.faults.after("capture")
        return self._find(payment_id)

    async def void_or_refund(self, payment_id: str, *, key: str) -> Payment | Refund:
        await self.faults.before("undo")
        payment = self._find(payment_id)
        if payment.state is PaymentState.CAPTURED:
            if not payment.refunded:
                self.refunds += 1
                self._put(replace(payment, refunded=payment.amount.amount))
            self.faults.after("undo")
            return Refund(f"re_{payment_id}", payment.amount, RefundState.SUCCEEDED)
        self._put(replace(payment, state=PaymentState.CANCELLED))
        self.faults.after("undo")
        return self._find(payment_id)

    async def refund(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Refund:
        await self.faults.before("refund")
        refund = self.parts.get(key)
        if refund is None:
            payment = self._find(payment_id)
            if payment.refunded + amount.amount > payment.amount.amount:
                raise RefundRefused("more than what is left", code="too_much")
            self._put(replace(payment, refunded=payment.refunded + amount.amount))
            refund = self.parts[key] = Refund(f"re_{key}", amount, self.refund_result)
        elif not refund.is_final:
            refund = self.parts[key] = replace(refund, state=self.refund_result)
        self.faults.after("refund")
        return refund

    async def charge_saved(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Payment:
        await self.faults.before("charge")
        charge = self.charges.get(key)
        if charge is None or charge.state is PaymentState.PROCESSING:
            if payment_id not in self.saved:
                return Payment("", PaymentState.DECLINED, amount, decline_code="no_saved_method")
            code = "insufficient_funds" if self.charge_result is PaymentState.DECLINED else None
            charge = self.charges[key] = Payment(f"pay_{key}", self.charge_result, amount, decline_code=code)
            self.saved[charge.id] = self.saved[payment_id]
        self.faults.after("charge")
        return charge

    async def renew(self, payment_id: str, amount: Money, *, key: str) -> Payment:
        await self.faults.before("renew")
        if key not in self.charges:
            if payment_id not in self.saved:
                return Payment("", PaymentState.DECLINED, amount, decline_code="no_saved_method")
            code = "insufficient_funds" if self.renew_result is PaymentState.DECLINED else None
            self.charges[key] = Payment(f"pay_{key}", self.renew_result, amount, decline_code=code, capture_before=self._end())
            self.saved[f"pay_{key}"] = self.saved[payment_id]
        self.faults.after("renew")
        return self.charges[key]

    async def undo_charge_if_made(self, payment_id: str, *, key: str) -> Payment | Refund | None:
        await self.faults.before("undo charge")
        charge = self.charges.get(key)
        if charge is None:
            return None
        if charge.state is PaymentState.CAPTURED:
            self.charges[key] = replace(charge, refunded=charge.amount.amount)
            return Refund(f"re_{charge.id}", charge.amount, RefundState.SUCCEEDED)
        self.charges[key] = replace(charge, state=PaymentState.CANCELLED)
        return self.charges[key]

    async def find(self, payment_id: str) -> Payment | None:
        await self.faults.before("find")
        key = payment_id.removeprefix("pay_")
        return self.charges.get(key) or self.payments.get(key)

    async def list_made(self, since: datetime, until: datetime, after: str | None = None) -> MadePage:
        """One at a time, whenever it was made."""
        await self.faults.before("list")
        made = [MadePayment(one, *self.owners[one.id], until) for one in self.payments.values() if one.id in self.owners]
        return self._page(made, after)

    async def list_refunded(self, since: datetime, until: datetime, after: str | None = None) -> MadePage:
        await self.faults.before("list")
        made = [MadePayment(one, *self.owners[one.id], until) for one in self.payments.values() if one.refunded]
        return self._page(made, after)

    def _page(self, made: list[MadePayment], after: str | None) -> MadePage:
        start = [one.payment.id for one in made].index(after) + 1 if after else 0
        return MadePage(tuple(made[start : start + 1]), made[start].payment.id if start + 1 < len(made) else None)

    def read_webhook(self, body: bytes, signature: str) -> PaymentNews | None:
        raise NotImplementedError("webhooks are tested through the vendor's own SDK")

    def _end(self) -> datetime | None:
        return datetime.now(UTC) + self.reserved_for if self.reserved_for else None

    def _find(self, payment_id: str) -> Payment:
        key = payment_id.removeprefix("pay_")
        return self.charges[key] if key in self.charges else self.payments[key]

    def _put(self, payment: Payment) -> None:
        key = payment.id.removeprefix("pay_")
        (self.charges if key in self.charges else self.payments)[key] = payment


@dataclass(slots=True)
class FakeCalendar:
    """`refused` are bookings whose events it does not take, and how it says so."""

    faults: Faults = field(default_factory=Faults)
    refused: dict[UUID, Exception] = field(default_factory=dict)
    events: dict[UUID, Appointment] = field(default_factory=dict)
    places: set[tuple[str, UUID]] = field(default_factory=set)

    def fail(self, call: str, times: int = 1, *, after: bool = False, slow: float = 0.0) -> None:
        self.faults.planned[call] = Fault(lambda: CalendarAccident(call), times, after, slow)

    async def is_there(self) -> bool:
        return True

    async def write_event(self, calendar_id: str, appointment: Appointment) -> str:
        await self.faults.before("write")
        if appointment.booking_id in self.refused:
            raise self.refused[appointment.booking_id]
        self.events[appointment.booking_id] = appointment
        self.places.add((calendar_id, appointment.booking_id))
        self.faults.after("write")
        return appointment.booking_id.hex

    async def delete_event_if_written(self, calendar_id: str, booking_id: UUID) -> None:
        await self.faults.before("delete")
        self.places.discard((calendar_id, booking_id))
        if not any(booking_id == place[1] for place in self.places):
            self.events.pop(booking_id, None)
        self.faults.after("delete")

    async def find_event(self, calendar_id: str, booking_id: UUID) -> FoundEvent | None:
        event = self.events.get(booking_id) if (calendar_id, booking_id) in self.places else None
        return FoundEvent(event.starts_at, event.ends_at) if event else None


@dataclass(slots=True)
class FakePost:
    """Carries e-mail and SMS alike."""

    faults: Faults = field(default_factory=Faults)
    sent: list[Email | Sms] = field(default_factory=list)

    def fail(self, call: str = "send", times: int = 1, *, after: bool = False) -> None:
        self.faults.planned[call] = Fault(lambda: MessageAccident(call), times, after)

    async def send(self, message: Email | Sms) -> str:
        await self.faults.before("send")
        self.sent.append(message)
        self.faults.after("send")
        return f"msg_{len(self.sent)}"

    async def sends_from(self) -> str:
        return ""

    @property
    def first_state(self) -> DeliveryState:
        return DeliveryState.SENT

    async def count_copies(self, to: str, reference: str) -> tuple[int, ...]:
        texts = [one.text for one in self.sent if one.to == to and reference in one.text]
        return tuple(Counter(texts).values())

    def read_news(self, query: str, body: bytes, signature: str) -> DeliveryNews | None:
        raise NotImplementedError("delivery news are tested through the vendor's own SDK")
