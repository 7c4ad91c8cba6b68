from enum import StrEnum


class Rule(StrEnum):
    AVAILABILITY_UNKNOWN = "availability-unknown"
    BUSY = "busy"
    CLOSED = "closed"
    DAY_LIMIT = "day-limit"
    IN_THE_PAST = "in-the-past"
    NONEXISTENT_LOCAL_TIME = "nonexistent-local-time"
    NO_RESOURCE = "no-resource"
    NO_SEATS_LEFT = "no-seats-left"
    OFF_GRID = "off-grid"
    OUTSIDE_HOURS = "outside-hours"
    TAKEN = "taken"
    TIME_OFF = "time-off"
    TOO_FAR = "too-far"
    TOO_SOON = "too-soon"
    WEEK_LIMIT = "week-limit"

    @classmethod
    def _missing_(cls, value: object) -> "Rule":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
