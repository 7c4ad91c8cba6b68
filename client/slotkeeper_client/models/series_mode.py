from enum import StrEnum


class SeriesMode(StrEnum):
    ALL_OR_NOTHING = "all_or_nothing"
    BEST_EFFORT = "best_effort"

    @classmethod
    def _missing_(cls, value: object) -> "SeriesMode":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
