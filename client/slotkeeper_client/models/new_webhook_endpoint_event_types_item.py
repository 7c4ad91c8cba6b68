from enum import StrEnum


class NewWebhookEndpointEventTypesItem(StrEnum):
    BOOKING_APPROVAL_REQUESTED = "booking.approval_requested"
    BOOKING_APPROVED = "booking.approved"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_COMPLETED = "booking.completed"
    BOOKING_CONFIRMED = "booking.confirmed"
    BOOKING_CONFIRMING = "booking.confirming"
    BOOKING_DECLINED = "booking.declined"
    BOOKING_EXPIRED = "booking.expired"
    BOOKING_FAILED = "booking.failed"
    BOOKING_HELD = "booking.held"
    BOOKING_HELD_AGAIN = "booking.held_again"
    BOOKING_NO_SHOW = "booking.no_show"
    BOOKING_RESCHEDULED = "booking.rescheduled"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_SENT = "message.sent"
    PAYMENT_ACTION_REQUIRED = "payment.action_required"
    PAYMENT_AUTHORISED = "payment.authorised"
    PAYMENT_CAPTURED = "payment.captured"
    PAYMENT_CHARGED = "payment.charged"
    PAYMENT_CHARGE_DECLINED = "payment.charge_declined"
    PAYMENT_CHARGE_UNDONE = "payment.charge_undone"
    PAYMENT_DECLINED = "payment.declined"
    PAYMENT_REFUNDED = "payment.refunded"
    PAYMENT_REFUND_FAILED = "payment.refund_failed"
    PAYMENT_REFUND_REQUESTED = "payment.refund_requested"
    PAYMENT_RENEWAL_DECLINED = "payment.renewal_declined"
    PAYMENT_RENEWED = "payment.renewed"
    PAYMENT_VOIDED = "payment.voided"
    REMINDER_SENT = "reminder.sent"
    SERIES_CONFIRMED = "series.confirmed"
    SERIES_CREATED = "series.created"
    WAITLIST_ACCEPTED = "waitlist.accepted"
    WAITLIST_JOINED = "waitlist.joined"
    WAITLIST_LAPSED = "waitlist.lapsed"
    WAITLIST_LEFT = "waitlist.left"
    WAITLIST_OFFERED = "waitlist.offered"

    @classmethod
    def _missing_(cls, value: object) -> "NewWebhookEndpointEventTypesItem":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
