from enum import StrEnum


class BookingStatus(StrEnum):
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    CONFIRMING = "confirming"
    EXPIRED = "expired"
    FAILED = "failed"
    NO_SHOW = "no_show"
    PENDING = "pending"

    @classmethod
    def _missing_(cls, value: object) -> "BookingStatus":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
