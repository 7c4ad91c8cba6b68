"""Operators' work over HTTP: what is under way, what is stuck, what may be done about it, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from api.requests import Cursor, PageSize
from api.schemas.fields import Answer, Email, Integer, Name, Phone, Request, local
from api.schemas.payments import PriceAnswer
from domain.bookings import BookingStatus
from domain.messages import Channel, MessageKind, Recipient
from domain.operations import (
    RESENDABLE,
    GiveUpHold,
    OperationKind,
    RefundBooking,
    ResendMessage,
    RetryStep,
    SettleStep,
    SkipStep,
    StepUnderWay,
)
from domain.outside_steps import ByHand, StuckThing, step_of
from store.operations import OperationRow
from store.stuck import Stuck

MOST = 2**53 - 1
StepName = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[a-z-]+(:[\x21-\x7e]+)?$", description="As `GET …/operations` names it.")
]


class RetryRequest(Request):
    """Which step to try now rather than at its next time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "refund:cancel/0"}]})

    step: StepName

    def wish(self, operator: str, operation_id: str) -> RetryStep:
        """As the workflow takes it."""
        return RetryStep(operator, self.step, operation_id)


class SkipRequest(Request):
    """Which step to leave out: a message or a calendar."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "email:confirmation"}]})

    step: StepName

    def wish(self, operator: str, operation_id: str) -> SkipStep:
        """As the workflow takes it."""
        return SkipStep(operator, self.step, operation_id)


class SettleRequest(Request):
    """Which step was done by hand, and how. The `reason` is kept with the operation and shown to staff only."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"step": "refund:cancel/0", "done": "refunded", "reason": "by bank transfer, reference 4711"}]
        }
    )

    step: StepName
    done: ByHand
    reason: Name

    def wish(self, operator: str, operation_id: str) -> SettleStep:
        """As the workflow takes it."""
        return SettleStep(operator, self.step, self.done, self.reason, operation_id)


class RefundRequest(Request):
    """How much to give back, in minor units of the booking's currency; all that is left without an amount."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": 1000, "reason": "The heating had failed"}]})

    amount: Annotated[Integer, Field(ge=1, le=MOST)] | None = None
    reason: Name

    def wish(self, operator: str, operation_id: str) -> RefundBooking:
        """As the workflow takes it."""
        return RefundBooking(operator, self.reason, self.amount, operation_id)


class ResendRequest(Request):
    """Which message to send once more. A corrected address becomes this booking's own from then on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"message": "confirmation", "channel": "email", "email": "grace@example.com"}]}
    )

    message: MessageKind
    channel: Channel
    recipient: Recipient = Recipient.CUSTOMER
    email: Email | None = None
    phone: Phone | None = None

    def wish(self, operator: str, operation_id: str) -> ResendMessage:
        """As the workflow takes it."""
        return ResendMessage(operator, self.message, self.channel, self.recipient, self.email, self.phone, operation_id)


class GiveUpRequest(Request):
    """Why the hold is given up, in words for staff."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The customer rang up"}]})

    reason: Name | None = None

    def wish(self, operator: str, operation_id: str) -> GiveUpHold:
        """As the workflow takes it."""
        return GiveUpHold(operator, self.reason, operation_id)


class StuckQuery(Request):
    """Which part of the list of what is stuck."""

    older_than_minutes: Annotated[int, Field(ge=0, le=525_600, description="What is younger may still come by itself.")] = 10
    limit: PageSize = 50
    cursor: Cursor = None


class OperationAnswer(Answer):
    """What an operation came to. `outcome` is a code: of a refund the vendor's state, of a message whether it was sent or is
    still `trying`. `amount` is what is given back, in minor units. A repeat is answered `done-before`."""

    id: str
    operation: OperationKind
    step: str | None
    by: str
    outcome: str
    amount: PriceAnswer | None


class UnderWayAnswer(Answer):
    """A step that goes on right now. `next_try_at` is known where it rests between two looks; otherwise it is tried at least
    once a minute."""

    step: str
    since: datetime
    next_try_at: datetime | None
    operations: list[OperationKind]

    @classmethod
    def of(cls, step: StepUnderWay, zone: ZoneInfo) -> Self:
        """This step for HTTP."""
        until = local(step.until, zone) if step.until else None
        return cls(step=step.name, since=local(step.since, zone), next_try_at=until, operations=list(step.may))


class StuckAnswer(Answer):
    """One thing that is not done by our books. `code` says how it stands, `operations` what may help, `runbook` which page of
    docs/runbooks tells more."""

    booking_id: UUID
    thing: StuckThing
    step: str
    since: datetime
    code: str | None
    operations: list[OperationKind]
    runbook: str

    @classmethod
    def of(cls, stuck: Stuck, zone: ZoneInfo) -> Self:
        """This thing for HTTP."""
        return cls(
            booking_id=stuck.booking_id,
            thing=stuck.thing,
            step=stuck.step,
            since=local(stuck.since, zone),
            code=stuck.code,
            operations=_what_helps(stuck),
            runbook=f"docs/runbooks/{stuck.thing}.md",
        )


class StuckList(Answer):
    """What is stuck, the oldest first, on the clock that `timezone` names; `next_cursor` is null on the last page."""

    items: list[StuckAnswer]
    timezone: str
    next_cursor: str | None


class DoneAnswer(Answer):
    """An operation as it was written down. `by` is a key's id or an operator's name; `reason` is what they said."""

    id: str
    operation: OperationKind
    step: str | None
    said: str | None
    by: str
    reason: str | None
    at: datetime

    @classmethod
    def of(cls, row: OperationRow, zone: ZoneInfo) -> Self:
        """This operation for HTTP."""
        at, kind = local(row.asked_at, zone), OperationKind(row.kind)
        return cls(id=row.id, operation=kind, step=row.step, said=row.said, by=row.asked_by, reason=row.reason, at=at)


class OperationsAnswer(Answer):
    """What operators want to know of a booking, on the clock that `timezone` names.

    `is_live` is false where its workflow did not answer: then `under_way` is empty and the rest is from our books.
    `refundable` is what is left of what was paid; `resendable` are the messages that would be true.
    """

    booking_id: UUID
    status: BookingStatus
    timezone: str
    is_live: bool
    under_way: list[UnderWayAnswer]
    stuck: list[StuckAnswer]
    refundable: PriceAnswer | None
    resendable: list[MessageKind]
    may_give_up_hold: bool
    done: list[DoneAnswer]


def resendable(status: BookingStatus) -> list[MessageKind]:
    """The messages that would be true of a booking of this status."""
    return [kind for kind, statuses in RESENDABLE.items() if status in statuses]


def _what_helps(stuck: Stuck) -> Sequence[OperationKind]:
    step = step_of(stuck.step)
    if stuck.thing is StuckThing.HOLD:
        return [OperationKind.GIVE_UP_HOLD]
    if step is None:
        return [OperationKind.RESEND] if stuck.thing is StuckThing.REMINDER else []
    if stuck.thing in (StuckThing.EMAIL, StuckThing.SMS, StuckThing.REMINDER):
        return [OperationKind.RETRY, OperationKind.SKIP, OperationKind.RESEND]
    helps = [OperationKind.RETRY]
    if step.may_skip:
        helps.append(OperationKind.SKIP)
    if step.settled_by:
        helps.append(OperationKind.SETTLE)
    return helps
