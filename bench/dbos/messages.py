"""What the saga on DBOS is asked, and what it answers. Each request has an id; its answer is the event of that name."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.messages import Cancel

APPOINTMENTS = "appointments"
"""The queue of what waits for the end of an appointment."""
REQUESTS = "requests"
"""The topic on which the saga is asked."""
HELD = "held"
"""The event that says whether the slot is held: True, or the Answer why not."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """The customer pays; answered with a ConfirmOutcome or an Answer."""

    request_id: str
    payment_method: str
    return_url: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The customer or staff let the hold go; answered with True."""

    request_id: str
    cancel: Cancel


@dataclass(frozen=True, slots=True)
class PaymentChanged:
    """The vendor has news of the payment. Nobody waits for an answer."""


Request = Confirm | GiveUp | PaymentChanged
