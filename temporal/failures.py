"""What may be read of an error in Temporal's Web UI: our own words always, anybody else's only with the key."""

from __future__ import annotations

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadConverter

from domain.calendars import CalendarAccident
from domain.errors import ANSWERS
from domain.messages import MessageAccident
from domain.payments import PaymentAccident

OURS = frozenset({*ANSWERS, *(accident.__name__ for accident in (CalendarAccident, MessageAccident, PaymentAccident))})
HIDDEN = "The text is encrypted."


class HidingFailureConverter(DefaultFailureConverter):
    """Moves the texts of others' errors to where the codec encrypts them.

    PostgreSQL quotes the row that it refused, a vendor the address that it could not reach. Answers and accidents are worded
    by us and by rule name nobody; they and the type of every error stay readable for operators.
    """

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        super().to_failure(exception, payload_converter, failure)
        level = failure
        while True:  # an error that came from another failure brings its causes with it, as text
            if level.HasField("application_failure_info") and level.application_failure_info.type not in OURS:
                _hide(level, payload_converter)
            if not level.HasField("cause"):
                return
            level = level.cause


def _hide(failure: Failure, payload_converter: PayloadConverter) -> None:
    if failure.message == HIDDEN and failure.HasField("encoded_attributes"):
        return  # the causes were converted before the error they caused
    (hidden,) = payload_converter.to_payloads([{"message": failure.message, "stack_trace": failure.stack_trace}])
    failure.encoded_attributes.CopyFrom(hidden)
    failure.message = HIDDEN
    failure.stack_trace = ""
