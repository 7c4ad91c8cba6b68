from enum import StrEnum


class MessageKind(StrEnum):
    APPROVAL_DECLINED = "approval_declined"
    APPROVAL_REQUESTED = "approval_requested"
    CANCELLED = "cancelled"
    CONFIRMATION = "confirmation"
    FOLLOW_UP = "follow_up"
    MOVED_AWAY = "moved_away"
    NO_SHOW = "no_show"
    PAYMENT_DECLINED = "payment_declined"
    REMINDER = "reminder"
    RESCHEDULED = "rescheduled"
    SERIES = "series"
    WAITLIST_OFFER = "waitlist_offer"

    @classmethod
    def _missing_(cls, value: object) -> "MessageKind":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
