"""The steps of a booking towards the outside: what each is called while it lasts, and what operators may do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ByHand(StrEnum):
    """What somebody did outside, at the vendor's or in person. `not_needed`: looked, and there is nothing to be done."""

    REFUNDED = "refunded"
    VOIDED = "voided"
    DELETED = "deleted"
    CHARGED = "charged"
    NOT_NEEDED = "not_needed"


class StuckThing(StrEnum):
    """What can get stuck. Each has a page of its own name in docs/runbooks."""

    HOLD = "hold-not-released"
    AUTHORISATION = "payment-not-authorised"
    VOID = "authorisation-not-voided"
    CAPTURE = "capture-not-done"
    REFUND = "refund-not-done"
    CHARGE = "charge-unknown"
    UNDO_CHARGE = "charge-not-undone"
    CALENDAR_WRITE = "calendar-not-written"
    CALENDAR_DELETE = "calendar-not-deleted"
    EMAIL = "email-not-sent"
    SMS = "sms-not-sent"
    REMINDER = "reminder-not-sent"


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of outside step: what it is called while it lasts, and what operators may do about it beside trying it now."""

    thing: StuckThing
    may_skip: bool = False
    settled_by: frozenset[ByHand] = frozenset()


_DONE = frozenset({ByHand.REFUNDED, ByHand.VOIDED, ByHand.NOT_NEEDED})


STEPS: Mapping[str, Step] = {
    "authorise-payment": Step(StuckThing.AUTHORISATION),
    "check-payment": Step(StuckThing.AUTHORISATION),
    "renew-payment": Step(StuckThing.AUTHORISATION),
    "check-renewal": Step(StuckThing.AUTHORISATION),
    "capture-payment": Step(StuckThing.CAPTURE),
    "void-replaced-payment": Step(StuckThing.VOID, settled_by=_DONE),
    "void-renewals": Step(StuckThing.VOID, settled_by=_DONE),
    "void-payment": Step(StuckThing.VOID, settled_by=_DONE),
    "refund": Step(StuckThing.REFUND, settled_by=frozenset({ByHand.REFUNDED, ByHand.NOT_NEEDED})),
    "charge": Step(StuckThing.CHARGE, settled_by=frozenset({ByHand.CHARGED, ByHand.NOT_NEEDED})),
    "charge-occurrence": Step(StuckThing.CHARGE),
    "undo-occurrence-charge": Step(StuckThing.UNDO_CHARGE, settled_by=_DONE),
    "undo-charge": Step(StuckThing.UNDO_CHARGE, settled_by=_DONE),
    "write-calendar-event": Step(StuckThing.CALENDAR_WRITE, may_skip=True),
    "delete-calendar-event": Step(
        StuckThing.CALENDAR_DELETE, may_skip=True, settled_by=frozenset({ByHand.DELETED, ByHand.NOT_NEEDED})
    ),
    "email": Step(StuckThing.EMAIL, may_skip=True),
    "sms": Step(StuckThing.SMS, may_skip=True),
}
"""By the name that a step has before its first colon: `refund:cancel/0` is a `refund`, `email:confirmation` an `email`."""


def step_of(name: str) -> Step | None:
    """What kind of step this is; None for a name that is none."""
    return STEPS.get(name.partition(":")[0])
