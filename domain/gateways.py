"""The outside vendors of a deployment, together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.calendars import CalendarGateway
from domain.messages import DeliveryNews, EmailGateway, SmsGateway
from domain.payments import PaymentGateway, PaymentNews
from domain.vendor_accounts import AccountTrial, VendorAccount


@dataclass(frozen=True, slots=True)
class Gateways:
    """One client for each kind of vendor; None where the business does without."""

    payments: PaymentGateway | None
    calendar: CalendarGateway | None
    email: EmailGateway | None
    sms: SmsGateway | None


class OwnPaymentGateway(PaymentGateway, Protocol):
    """Over the deployment's account and those of businesses."""

    def read_own_webhook(self, accounts: Sequence[VendorAccount], body: bytes, signature: str) -> PaymentNews | None:
        """Of one of these accounts of a business, whichever's secret it is signed with; None for what does not concern it. Raises
        BadSignature."""


class OwnSmsGateway(SmsGateway, Protocol):
    """The same for texts."""

    def read_own_news(self, accounts: Sequence[VendorAccount], query: str, body: bytes, signature: str) -> DeliveryNews | None:
        """Of one of these accounts of a business, whichever's token it is signed with. Raises BadSignature."""


@dataclass(frozen=True, slots=True)
class OwnGateways:
    """The deployment's behind those of each business that brings accounts of its own. `trial` tries such an account out."""

    payments: OwnPaymentGateway
    calendar: CalendarGateway
    email: EmailGateway
    sms: OwnSmsGateway
    trial: AccountTrial

    @property
    def all(self) -> Gateways:
        return Gateways(self.payments, self.calendar, self.email, self.sms)
