from enum import StrEnum


class OperationKind(StrEnum):
    GIVE_UP_HOLD = "give-up-hold"
    REFUND = "refund"
    RESEND = "resend"
    RETRY = "retry"
    SETTLE = "settle"
    SKIP = "skip"

    @classmethod
    def _missing_(cls, value: object) -> "OperationKind":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
