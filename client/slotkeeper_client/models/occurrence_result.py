from enum import StrEnum


class OccurrenceResult(StrEnum):
    FREE = "free"
    HELD = "held"
    REFUSED = "refused"

    @classmethod
    def _missing_(cls, value: object) -> "OccurrenceResult":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
