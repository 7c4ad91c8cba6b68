"""Every activity with what it is given, what comes before it, and the one effect that it has however often it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.approvals import AskForApproval, DecideApproval
from activities.bookings import CloseBooking, ConfirmationAttempt, HoldFor, Trouble
from activities.cancellations import CancelBooking, UndoBooking
from activities.charges import ChargeSaved
from activities.messages import SendMessage, TryMessage
from activities.no_shows import MarkBooking
from activities.operations import RefundOrder, ResendOrder, SettleOrder
from activities.payments import AuthorisePayment, CheckPayment
from activities.reconciliation import ReconcileBookings, ReconcileVendor, Span, Tally
from activities.refunds import GiveBack
from activities.renewals import RenewalRef, RenewPayment
from activities.series import HoldSeriesFor, SeriesAttempt
from activities.waitlist import FindOffer
from activities.webhooks import FindDue, TryDelivery
from domain.approvals import Decider, Verdict
from domain.bookings import Actor, BookingStatus, HoldSlot
from domain.messages import Channel, MessageKind
from domain.money import Money
from domain.operations import Operation, OperationKind, ResendMessage
from domain.outside_steps import ByHand
from domain.reminders import Reminder
from domain.rescheduling import Move
from domain.series import CloseSeries, SeriesRef
from domain.webhooks import Delivery
from tests.activities.saga import Saga
from tests.activities.vendors import Left
from tests.moves import move_of
from tests.orders import ref
from tests.series import next_of, series_around

NOTHING = Left()
REMINDED_BEFORE = 60
"""Minutes; the shop's service reminds once."""


@dataclass(frozen=True, slots=True)
class Case:
    """`after` is run first. `tells` is what it adds to the timeline, `leaves` all that the vendors then have, and `loses` are
    the outside calls whose answers may get lost on the way. The appointment is tomorrow, unless it `has_begun`."""

    activity: str
    arg: Callable[[HoldSlot], Any]
    after: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    leaves: Left = NOTHING
    loses: tuple[tuple[str, str], ...] = ()
    only_reads: bool = False
    has_begun: bool = False


def pays(method: str) -> Callable[[HoldSlot], AuthorisePayment]:
    return lambda order: AuthorisePayment(ref(order), order.price, method, 1, "https://shop.example", save=True)


def expires(order: HoldSlot) -> CloseBooking:
    return CloseBooking(ref(order), BookingStatus.EXPIRED, "hold-expired")


def message(order: HoldSlot) -> SendMessage:
    return SendMessage(ref(order), MessageKind.CONFIRMATION)


def reminder(order: HoldSlot) -> Reminder:
    return Reminder(ref(order), REMINDED_BEFORE)


def remind(order: HoldSlot) -> SendMessage:
    return SendMessage(ref(order), MessageKind.REMINDER, minutes_before=REMINDED_BEFORE)


def move(order: HoldSlot) -> Move:
    """The same try, however often it is asked for."""
    return move_of(order, order.starts_at + timedelta(hours=3), id=order.booking_id)


def series_ref(order: HoldSlot) -> SeriesRef:
    return series_around(order).ref


def to_be_told(order: HoldSlot) -> Delivery:
    """The one that is on its way from the beginning."""
    return Delivery(order.business_id, order.business_id, order.business_id, order.business_id)


def all_of(order: HoldSlot) -> Span:
    """All that this business ever did."""
    now = datetime.now(UTC)
    return Span(now - timedelta(days=1), now + timedelta(hours=1), timedelta(0), (order.business_id,))


def operation(order: HoldSlot, kind: OperationKind, step: str | None = "email:confirmation") -> Operation:
    return Operation(ref(order), "monday-1", kind, "ada", step, reason="in words")


def corrected(order: HoldSlot) -> ResendOrder:
    wish = ResendMessage("ada", MessageKind.CONFIRMATION, Channel.EMAIL, email="lovelace@example.com")
    return ResendOrder(operation(order, OperationKind.RESEND), wish)


HELD = ("hold_slot",)
CONFIRMING = (*HELD, "begin_confirmation")
AUTHORISED = (*CONFIRMING, "authorise_payment")
WRITTEN = (*AUTHORISED, "secure_claim", "write_calendar_event")
CAPTURED = (*WRITTEN, "capture_payment")
CONFIRMED = (*CAPTURED, "confirm_booking")
ASKED = (*AUTHORISED, "ask_for_approval")
RENEWED = (*ASKED, "renew_payment")

HELD_SERIES = ("hold_series",)
SERIES_AUTHORISED = (*HELD_SERIES, "begin_series", "authorise_payment")
SERIES_CAPTURED = (*SERIES_AUTHORISED, "secure_series", "capture_payment")
SERIES_CONFIRMED = (*SERIES_CAPTURED, "confirm_series")

RESERVED = ("requires_capture", 0, 0)
TAKEN = ("succeeded", 2500, 0)
BOOKED = Left((TAKEN,), ("confirmed",))

CASES = {
    "hold": Case("hold_slot", lambda order: HoldFor(order, 300.0), tells=("held",)),
    "begin": Case("begin_confirmation", lambda order: ConfirmationAttempt(ref(order), 1), HELD, ("confirming",)),
    "return": Case(
        "return_to_hold", lambda order: ConfirmationAttempt(ref(order), 1, "payment-declined"), CONFIRMING, ("back_to_hold",)
    ),
    "authorise": Case(
        "authorise_payment",
        pays("pm_card_visa"),
        CONFIRMING,
        ("payment_opened", "payment_authorised"),
        Left((RESERVED,)),
        (("stripe", "create"), ("stripe", "update"), ("stripe", "authorise")),
    ),
    "begin with the payment": Case(
        "authorise_payment",
        lambda order: replace(pays("pm_card_visa")(order), begins=True),
        HELD,
        ("confirming", "payment_opened", "payment_authorised"),
        Left((RESERVED,)),
        (("stripe", "create"), ("stripe", "update"), ("stripe", "authorise")),
    ),
    "authorise what is charged at once": Case(
        "authorise_payment",
        pays("pm_sandbox_sepa"),
        CONFIRMING,
        ("payment_opened", "payment_captured"),
        Left((TAKEN,)),
        (("stripe", "create"), ("stripe", "update"), ("stripe", "authorise")),
    ),
    "check": Case(
        "check_payment",
        lambda order: CheckPayment(ref(order), 1),
        AUTHORISED,
        leaves=Left((RESERVED,)),
        loses=(("stripe", "look"),),
        only_reads=True,
    ),
    "secure": Case("secure_claim", ref, AUTHORISED, ("claim_secured",), Left((RESERVED,))),
    "write": Case(
        "write_calendar_event",
        ref,
        (*AUTHORISED, "secure_claim"),
        ("calendar_written",),
        Left((RESERVED,), ("confirmed",)),
        (("google", "write_event"),),
    ),
    "delete": Case(
        "delete_calendar_event_if_written",
        ref,
        WRITTEN,
        ("calendar_deleted",),
        Left((RESERVED,), ("cancelled",)),
        (("google", "delete_event"),),
    ),
    "capture": Case("capture_payment", ref, WRITTEN, ("payment_captured",), BOOKED, (("stripe", "capture"),)),
    "void": Case(
        "void_payment_if_made",
        ref,
        AUTHORISED,
        ("payment_voided",),
        Left((("canceled", 0, 0),)),
        (("stripe", "void"), ("stripe", "look")),
    ),
    "refund": Case(
        "void_payment_if_made",
        ref,
        CAPTURED,
        ("payment_refunded",),
        Left((("succeeded", 2500, 2500),), ("confirmed",)),
        (("stripe", "refund"), ("stripe", "look")),
    ),
    "confirm": Case("confirm_booking", ref, CAPTURED, ("confirmed",), BOOKED),
    "close": Case("close_booking", expires, HELD, ("expired",)),
    "complete": Case("complete_booking", ref, CONFIRMED, ("completed",), BOOKED),
    "cancel": Case(
        "cancel_booking",
        lambda order: CancelBooking(ref(order), Actor.CUSTOMER, "found another time"),
        CONFIRMED,
        ("cancelled", "refund_requested"),
        BOOKED,
    ),
    "undo": Case(
        "undo_booking",
        lambda order: UndoBooking(ref(order), "calendar-disconnected"),
        CONFIRMED,
        ("cancelled", "refund_requested"),
        BOOKED,
    ),
    "give back": Case(
        "give_back",
        lambda order: GiveBack(ref(order), "cancel/0"),
        (*CONFIRMED, "cancel_booking"),
        ("payment_refunded",),
        Left((("succeeded", 2500, 2500),), ("confirmed",)),
        (("stripe", "refund"), ("stripe", "look")),
    ),
    "charge": Case(
        "charge_saved_method",
        lambda order: ChargeSaved(ref(order), "no-show", Money(700, "EUR"), "no-show"),
        CONFIRMED,
        ("charge_requested", "charge_captured"),
        Left((TAKEN, ("succeeded", 700, 0)), ("confirmed",)),
        (("stripe", "create"), ("stripe", "authorise"), ("stripe", "look")),
    ),
    "undo charge": Case(
        "undo_charge_if_made",
        lambda order: ChargeSaved(ref(order), "no-show", Money(700, "EUR"), "no-show"),
        (*CONFIRMED, "charge_saved_method"),
        ("charge_undone",),
        Left((TAKEN, ("succeeded", 700, 700)), ("confirmed",)),
        (("stripe", "refund"), ("stripe", "look")),
    ),
    "ask for approval": Case(
        "ask_for_approval",
        lambda order: AskForApproval(ref(order), order.starts_at - timedelta(hours=1)),
        AUTHORISED,
        ("approval_requested",),
        Left((RESERVED,)),
    ),
    "decide": Case(
        "decide_approval",
        lambda order: DecideApproval(ref(order), Verdict.APPROVED, Decider.STAFF),
        ASKED,
        ("approved",),
        Left((RESERVED,)),
    ),
    "renew": Case(
        "renew_payment",
        lambda order: RenewPayment(ref(order), order.price, 1),
        ASKED,
        ("payment_renewed",),
        Left((RESERVED, RESERVED)),
        (("stripe", "create"), ("stripe", "authorise"), ("stripe", "look")),
    ),
    "renew with another card": Case(
        "renew_payment",
        lambda order: RenewPayment(ref(order), order.price, 1, "pm_card_mastercard", "https://shop.example"),
        ASKED,
        ("payment_renewed",),
        Left((RESERVED, RESERVED)),
        (("stripe", "create"), ("stripe", "update"), ("stripe", "authorise"), ("stripe", "look")),
    ),
    "check renewal": Case(
        "check_renewal",
        lambda order: RenewalRef(ref(order), 1),
        RENEWED,
        leaves=Left((RESERVED, RESERVED)),
        loses=(("stripe", "look"),),
        only_reads=True,
    ),
    "void replaced": Case(
        "void_replaced_payment",
        lambda order: RenewalRef(ref(order), 1),
        RENEWED,
        ("payment_replaced_voided",),
        Left((("canceled", 0, 0), RESERVED)),
        (("stripe", "void"), ("stripe", "look")),
    ),
    "void renewals": Case(
        "void_renewals_if_made",
        ref,
        RENEWED,
        ("payment_replaced_voided", "payment_renewal_voided"),
        Left((("canceled", 0, 0), ("canceled", 0, 0))),
        (("stripe", "void"), ("stripe", "look")),
    ),
    "no show": Case("mark_no_show", lambda order: MarkBooking.of(ref(order)), CONFIRMED, ("no_show",), BOOKED, has_begun=True),
    "note operation": Case("note_operation", lambda order: operation(order, OperationKind.RETRY), HELD, ("operation",)),
    "skip": Case("skip_step", lambda order: operation(order, OperationKind.SKIP), HELD, ("operation",)),
    "settle": Case(
        "settle_step",
        lambda order: SettleOrder(operation(order, OperationKind.SETTLE, "refund:cancel/0"), ByHand.REFUNDED, is_under_way=False),
        (*CONFIRMED, "cancel_booking"),
        ("operation", "settled_by_hand"),
        BOOKED,
    ),
    "operator's refund": Case(
        "request_refund",
        lambda order: RefundOrder(operation(order, OperationKind.REFUND, None), 700),
        CONFIRMED,
        ("operation", "refund_requested"),
        BOOKED,
    ),
    "resend": Case("prepare_resend", corrected, CONFIRMED, ("operation",), BOOKED),
    "trouble": Case("tell_trouble", lambda order: Trouble(ref(order), "calendar", "not-written-yet"), HELD, ("trouble",)),
    "start due": Case("start_due_reminders", lambda order: 10, CONFIRMED, leaves=BOOKED, only_reads=True),  # none is due yet
    "read deadline": Case("read_reminder_deadline", reminder, CONFIRMED, leaves=BOOKED, only_reads=True),
    "drop": Case("drop_reminder", reminder, CONFIRMED, leaves=BOOKED),
    "email": Case(
        "send_email",
        message,
        CONFIRMED,
        ("notification_sent",),
        Left((TAKEN,), ("confirmed",), ("email",)),
        (("smtp", "send"),),
    ),
    "sms": Case(
        "send_sms",
        message,
        CONFIRMED,
        ("notification_sent",),
        Left((TAKEN,), ("confirmed",), ("sms",)),
        (("twilio", "send"), ("twilio", "look")),
    ),
    "try message": Case(
        "try_message",
        lambda order: TryMessage(message(order), (Channel.EMAIL, Channel.SMS)),
        CONFIRMED,
        ("notification_sent", "notification_sent"),
        Left((TAKEN,), ("confirmed",), ("email", "sms")),
    ),
    "remind": Case(
        "remind",
        reminder,
        CONFIRMED,
        ("notification_sent", "notification_sent"),
        Left((TAKEN,), ("confirmed",), ("email", "sms")),
    ),
    "reminder by email": Case(
        "send_email",
        remind,
        CONFIRMED,
        ("notification_sent",),
        Left((TAKEN,), ("confirmed",), ("email",)),
        (("smtp", "send"),),
    ),
    "reminder by sms": Case(
        "send_sms",
        remind,
        CONFIRMED,
        ("notification_sent",),
        Left((TAKEN,), ("confirmed",), ("sms",)),
        (("twilio", "send"),),
    ),
    "reserve new time": Case("reserve_new_time", move, CONFIRMED, ("time_reserved",), BOOKED),
    "give back new time": Case(
        "give_back_new_time_if_reserved", move, (*CONFIRMED, "reserve_new_time"), ("time_given_back",), BOOKED
    ),
    "move": Case("make_move", move, CONFIRMED, ("rescheduled",), BOOKED),
    "move to what was reserved": Case("make_move", move, (*CONFIRMED, "reserve_new_time"), ("rescheduled",), BOOKED),
    "write the moved event": Case(
        "write_calendar_event",
        ref,
        (*CONFIRMED, "make_move"),
        ("calendar_written",),
        BOOKED,
        (("google", "write_event"),),
    ),
    # Nobody waits here; tests/store/test_waitlist.py has those who do.
    "find offer": Case("find_offer", lambda order: FindOffer(order.business_id, order.service_id), HELD, only_reads=True),
    "hold series": Case(
        "hold_series", lambda order: HoldSeriesFor(series_around(order), 300.0), tells=("held", "series_created")
    ),
    "begin series": Case("begin_series", lambda order: SeriesAttempt(series_ref(order), 1), HELD_SERIES, ("confirming",)),
    "return series": Case(
        "return_series_to_hold",
        lambda order: SeriesAttempt(series_ref(order), 1, "payment-declined"),
        (*HELD_SERIES, "begin_series"),
        ("back_to_hold",),
    ),
    "secure series": Case("secure_series", series_ref, SERIES_AUTHORISED, ("claim_secured",), Left((RESERVED,))),
    "confirm series": Case("confirm_series", series_ref, SERIES_CAPTURED, ("confirmed", "series_confirmed"), Left((TAKEN,))),
    "close series": Case(
        "close_series",
        lambda order: CloseSeries(series_ref(order), BookingStatus.EXPIRED, "hold-expired"),
        HELD_SERIES,
        ("expired",),
    ),
    "release unpaid": Case("release_unpaid", ref, SERIES_CONFIRMED, ("cancelled",), Left((TAKEN,))),
    "charge occurrence": Case(  # the second one of the series, which tells it on its own timeline
        "charge_occurrence",
        next_of,
        SERIES_CONFIRMED,
        leaves=Left((TAKEN, TAKEN)),
        loses=(("stripe", "create"), ("stripe", "authorise"), ("stripe", "look")),
    ),
    "undo occurrence charge": Case(
        "undo_occurrence_charge_if_made",
        next_of,
        (*SERIES_CONFIRMED, "charge_occurrence"),
        leaves=Left((TAKEN, ("succeeded", 2500, 2500))),
        loses=(("stripe", "refund"), ("stripe", "look")),
    ),
    "reconcile bookings": Case(  # its money is reserved still, and nobody waits for it
        "reconcile_bookings",
        lambda order: ReconcileBookings(all_of(order)),
        (*AUTHORISED, "close_booking"),
        ("payment_reconciled",),
        Left((("canceled", 0, 0),)),
        (("stripe", "void"), ("stripe", "look")),
    ),
    "reconcile bookings that agree": Case(
        "reconcile_bookings", lambda order: ReconcileBookings(all_of(order)), CONFIRMED, leaves=BOOKED, only_reads=True
    ),
    "reconcile vendor": Case(
        "reconcile_vendor",
        lambda order: ReconcileVendor(all_of(order)),
        CONFIRMED,
        leaves=BOOKED,
        loses=(("stripe", "look"),),
        only_reads=True,
    ),
    "reconcile vendor's refunds": Case(
        "reconcile_vendor",
        lambda order: ReconcileVendor(all_of(order), refunds=True),
        CONFIRMED,
        leaves=BOOKED,
        loses=(("stripe", "look"),),
        only_reads=True,
    ),
    "show reconciliation": Case(
        "show_reconciliation", lambda order: Tally(1, {"EUR": 2500}, {"refund-owed": 1}), HELD, only_reads=True
    ),
    "find due webhooks": Case("find_due_webhooks", lambda order: FindDue(1000), HELD),
    "mark webhooks started": Case("mark_webhooks_started", lambda order: [to_be_told(order)], HELD),
    "send webhook": Case(
        "send_webhook",
        lambda order: TryDelivery(to_be_told(order), 1),
        HELD,
        leaves=Left(webhooks=("webhook_endpoint.test",)),
    ),
    "forget old webhooks": Case("forget_old_webhooks", lambda order: FindDue(1000), HELD),
    # None is due: people are above the businesses, so their mails are in tests/workflows/test_people_mails.py.
    "people mails": Case("send_people_mails", lambda order: 10, HELD, only_reads=True),
}  # fmt: skip

FIRST = {case.activity: case for case in reversed(CASES.values())}
"""By activity, the first case of each: how it is run where it comes before another."""


async def perform_all(saga: Saga, *steps: str) -> None:
    """Brings the saga's order as far as these steps bring one."""
    for step in steps:
        await saga.perform(step, FIRST[step].arg(saga.order))
