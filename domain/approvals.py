"""When a booking needs its provider's yes: how long they have, what they may say, and how that stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DECIDED_BEFORE = timedelta(hours=1)
"""The last moment before an appointment at which its customer still learns whether it takes place."""

LEAST_NOTICE = timedelta(hours=2)
"""How far ahead such a service is booked at least: the time to pay for it, to decide, and DECIDED_BEFORE."""


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """A booking is charged and confirmed only after the provider's yes, for which they have so long."""

    within: timedelta = timedelta(hours=24)

    def decide_by(self, asked_at: datetime, starts_at: datetime) -> datetime:
        """The end of the wait: never so late that the customer would learn of it when they have to leave."""
        return min(asked_at + self.within, starts_at - DECIDED_BEFORE)


class Verdict(StrEnum):
    """What a provider may say."""

    APPROVED = "approved"
    DECLINED = "declined"


class Decider(StrEnum):
    """Who said it: the business by its API key, the provider by the link in their message, or an operator by a signal."""

    STAFF = "staff"
    PROVIDER = "provider"
    OPERATOR = "operator"


class ApprovalState(StrEnum):
    """How an approval stands. `lapsed`: nobody answered; `withdrawn`: the booking ended before anybody did."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
