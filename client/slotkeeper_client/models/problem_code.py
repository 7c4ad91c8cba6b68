from enum import StrEnum


class ProblemCode(StrEnum):
    BAD_SIGNATURE = "bad-signature"
    BODY_TOO_LARGE = "body-too-large"
    BOOKING_FAILED = "booking-failed"
    BOOKING_OVER = "booking-over"
    CHANGED_MEANWHILE = "changed-meanwhile"
    CHANGE_UNDER_WAY = "change-under-way"
    EXTERNAL_ID_TAKEN = "external-id-taken"
    FORBIDDEN = "forbidden"
    GRANT_REFUSED = "grant-refused"
    HOLD_EXPIRED = "hold-expired"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused"
    IF_MATCH_NEEDED = "if-match-needed"
    INTERNAL_ERROR = "internal-error"
    INVALID_REQUEST = "invalid-request"
    LAST_OWNER = "last-owner"
    LINK_EXPIRED = "link-expired"
    LINK_SPENT = "link-spent"
    LOGIN_REFUSED = "login-refused"
    MALFORMED_REQUEST = "malformed-request"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_ALLOWED_NOW = "not-allowed-now"
    NOT_FOUND = "not-found"
    NOT_JSON = "not-json"
    NOT_READY = "not-ready"
    OCCURRENCES_REFUSED = "occurrences-refused"
    OLDER_READING = "older-reading"
    OVERLOADED = "overloaded"
    PAYMENT_DECLINED = "payment-declined"
    PAYMENT_METHOD_UNSUITABLE = "payment-method-unsuitable"
    RATE_LIMITED = "rate-limited"
    REQUEST_TIMEOUT = "request-timeout"
    SECOND_FACTOR_NEEDED = "second-factor-needed"
    SECOND_FACTOR_SET = "second-factor-set"
    SLOT_NOT_OFFERED = "slot-not-offered"
    SLOT_TAKEN = "slot-taken"
    STEP_NOT_SKIPPABLE = "step-not-skippable"
    STEP_NOT_UNDER_WAY = "step-not-under-way"
    STILL_TO_COME = "still-to-come"
    TOO_LATE_TO_RESCHEDULE = "too-late-to-reschedule"
    TOO_MANY_HOLDS = "too-many-holds"
    TOO_MANY_RESCHEDULES = "too-many-reschedules"
    UNAUTHORISED = "unauthorised"
    UNAVAILABLE = "unavailable"

    @classmethod
    def _missing_(cls, value: object) -> "ProblemCode":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
