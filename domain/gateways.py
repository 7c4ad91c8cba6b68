"""The outside vendors of a deployment, together."""

from __future__ import annotations

from dataclasses import dataclass

from domain.calendars import CalendarGateway
from domain.messages import EmailGateway, SmsGateway
from domain.payments import PaymentGateway


@dataclass(frozen=True, slots=True)
class Gateways:
    """One client for each kind of vendor; None where the business does without."""

    payments: PaymentGateway | None
    calendar: CalendarGateway | None
    email: EmailGateway | None
    sms: SmsGateway | None
