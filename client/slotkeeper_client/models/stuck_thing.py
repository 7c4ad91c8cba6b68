from enum import StrEnum


class StuckThing(StrEnum):
    AUTHORISATION_NOT_VOIDED = "authorisation-not-voided"
    CALENDAR_NOT_DELETED = "calendar-not-deleted"
    CALENDAR_NOT_WRITTEN = "calendar-not-written"
    CAPTURE_NOT_DONE = "capture-not-done"
    CHARGE_NOT_UNDONE = "charge-not-undone"
    CHARGE_UNKNOWN = "charge-unknown"
    EMAIL_NOT_SENT = "email-not-sent"
    HOLD_NOT_RELEASED = "hold-not-released"
    PAYMENT_NOT_AUTHORISED = "payment-not-authorised"
    REFUND_NOT_DONE = "refund-not-done"
    REMINDER_NOT_SENT = "reminder-not-sent"
    SMS_NOT_SENT = "sms-not-sent"

    @classmethod
    def _missing_(cls, value: object) -> "StuckThing":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
