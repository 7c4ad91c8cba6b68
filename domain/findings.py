"""What the checker may find wrong: each rule by name, what it says, and the page that tells what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.money import Money


class Rule(StrEnum):
    """Something that must hold of every booking, or of the system as a whole. Stable codes."""

    OVERLAP = "overlapping-claims"
    SEATS = "seats-miscounted"
    CLAIM_WITHOUT_BOOKING = "claim-without-booking"
    BOOKING_WITHOUT_CLAIM = "booking-without-claim"
    MONEY_WITHOUT_BOOKING = "money-without-booking"
    BOOKING_WITHOUT_MONEY = "booking-without-money"
    REFUND_OWED = "refund-owed"
    CHARGE_OPEN = "charge-open"
    PAYMENT_DIFFERS = "payment-differs"
    PAYMENT_UNKNOWN = "payment-unknown"
    EVENT_MISSING = "calendar-event-missing"
    EVENT_LEFT = "calendar-event-left"
    EVENT_DIFFERS = "calendar-event-differs"
    MESSAGE_MISSING = "message-missing"
    MESSAGE_TWICE = "message-twice"
    MESSAGE_TWICE_EXCUSED = "message-twice-excused"
    REMINDER_OVERDUE = "reminder-overdue"
    REMINDER_LEFT = "reminder-left"
    TIMELINE_BROKEN = "timeline-broken"
    TIMELINE_INCOMPLETE = "timeline-incomplete"
    BOOKING_WITHOUT_WORKFLOW = "booking-without-workflow"
    WORKFLOW_WITHOUT_BOOKING = "workflow-without-booking"

    @property
    def is_excused(self) -> bool:
        """Counted and told, and no fault: what an e-mail without any key of the vendor's cannot rule out."""
        return self is Rule.MESSAGE_TWICE_EXCUSED

    @property
    def says(self) -> str:
        return SAYS[self]

    @property
    def runbook(self) -> str:
        """The page's name in docs/runbooks."""
        return RUNBOOKS[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `booking` is None where no booking is concerned; `detail` holds codes and numbers only.

    `money_at_risk` is what somebody stands to lose by it: the customer or the business.
    """

    rule: Rule
    booking: UUID | None
    detail: str
    money_at_risk: Money | None = None
    business: UUID | None = None


SAYS: Mapping[Rule, str] = {
    Rule.OVERLAP: "two claims of one provider overlap",
    Rule.SEATS: "a claim counts other seats than are taken in it",
    Rule.CLAIM_WITHOUT_BOOKING: "time is taken for a booking that does not need it",
    Rule.BOOKING_WITHOUT_CLAIM: "a live booking has no claim on its time",
    Rule.MONEY_WITHOUT_BOOKING: "money is kept or reserved that no booking stands for",
    Rule.BOOKING_WITHOUT_MONEY: "a booking that was to be paid is not",
    Rule.REFUND_OWED: "a refund was promised and is not made",
    Rule.CHARGE_OPEN: "nobody knows what became of a charge",
    Rule.PAYMENT_DIFFERS: "our row of a payment and the vendor's differ",
    Rule.PAYMENT_UNKNOWN: "the vendor has a payment of ours that no booking knows",
    Rule.EVENT_MISSING: "a confirmed booking is not in its provider's calendar",
    Rule.EVENT_LEFT: "a calendar shows a booking that is gone",
    Rule.EVENT_DIFFERS: "a calendar shows a booking at another time",
    Rule.MESSAGE_MISSING: "a message did not go out",
    Rule.MESSAGE_TWICE: "a message went out more than once",
    Rule.MESSAGE_TWICE_EXCUSED: "an e-mail went out twice under one id: the vendor has no key, and a crash fell between",
    Rule.REMINDER_OVERDUE: "a reminder is overdue",
    Rule.REMINDER_LEFT: "a reminder is planned for a booking that is gone",
    Rule.TIMELINE_BROKEN: "a timeline tells what cannot have happened so",
    Rule.TIMELINE_INCOMPLETE: "something happened that the timeline does not tell",
    Rule.BOOKING_WITHOUT_WORKFLOW: "a booking is not over, and no workflow is at it",
    Rule.WORKFLOW_WITHOUT_BOOKING: "a workflow is open for a booking that does not exist",
}

RUNBOOKS: Mapping[Rule, str] = {
    Rule.OVERLAP: "claims-wrong",
    Rule.SEATS: "claims-wrong",
    Rule.CLAIM_WITHOUT_BOOKING: "hold-not-released",
    Rule.BOOKING_WITHOUT_CLAIM: "claims-wrong",
    Rule.MONEY_WITHOUT_BOOKING: "authorisation-not-voided",
    Rule.BOOKING_WITHOUT_MONEY: "capture-not-done",
    Rule.REFUND_OWED: "refund-not-done",
    Rule.CHARGE_OPEN: "charge-unknown",
    Rule.PAYMENT_DIFFERS: "payment-differs",
    Rule.PAYMENT_UNKNOWN: "payment-differs",
    Rule.EVENT_MISSING: "calendar-not-written",
    Rule.EVENT_LEFT: "calendar-not-deleted",
    Rule.EVENT_DIFFERS: "calendar-not-written",
    Rule.MESSAGE_MISSING: "email-not-sent",
    Rule.MESSAGE_TWICE: "message-twice",
    Rule.MESSAGE_TWICE_EXCUSED: "message-twice",
    Rule.REMINDER_OVERDUE: "reminder-not-sent",
    Rule.REMINDER_LEFT: "reminder-not-sent",
    Rule.TIMELINE_BROKEN: "timeline-wrong",
    Rule.TIMELINE_INCOMPLETE: "timeline-wrong",
    Rule.BOOKING_WITHOUT_WORKFLOW: "workflow-missing",
    Rule.WORKFLOW_WITHOUT_BOOKING: "workflow-missing",
}
