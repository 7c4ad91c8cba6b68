"""Clients of businesses' own accounts, at the addresses that the settings give the vendors."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from domain.calendars import CalendarGateway
from domain.messages import EmailGateway, SmsGateway
from domain.payments import PaymentGateway
from domain.vendor_accounts import (
    AccountRefused,
    CalDavCredentials,
    GoogleCredentials,
    SmtpCredentials,
    StripeCredentials,
    TwilioCredentials,
    VendorAccount,
)
from gateways.calendars.caldav import CalDavCalendar
from gateways.calendars.google import GoogleCalendar
from gateways.messages.smtp import SmtpEmail
from gateways.messages.twilio import TwilioSms
from gateways.own.reaching import Reach
from gateways.payments.stripe import StripePayments
from settings import Settings

Kind = TypeVar("Kind")

STATUS_PATH = "/api/v1/webhooks/twilio"
TOKENS = "https://oauth2.googleapis.com/token"
"""Where Google gives access; never where a key file says."""


class Builder:
    """Builds one client for each account. Of what a business says only servers of mail and CalDAV are addresses, and these are
    reached over the internet only."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reach = Reach(may_be_local=settings.webhook_may_be_local)

    def payments(self, account: VendorAccount) -> PaymentGateway:
        return self.stripe(_as(StripeCredentials, account))

    def email(self, account: VendorAccount) -> EmailGateway:
        return self.smtp(_as(SmtpCredentials, account))

    def sms(self, account: VendorAccount) -> SmsGateway:
        return self.twilio(_as(TwilioCredentials, account), account.business_id)

    def calendar(self, account: VendorAccount) -> CalendarGateway:
        match account.credentials:
            case GoogleCredentials() as google:
                return self.google(google)
            case other:
                assert isinstance(other, CalDavCredentials)  # noqa: S101 (the account's vendor says so)
                return self.caldav(other)

    def stripe(self, known: StripeCredentials) -> StripePayments:
        settings = self._settings
        return StripePayments(
            known.api_key, known.webhook_secret, api_base=settings.stripe_api_base, return_url=settings.public_url
        )

    def smtp(self, known: SmtpCredentials) -> SmtpEmail:
        server = known.host, known.port, known.username, known.password, known.security
        return SmtpEmail(*server, known.mail_from, connect=self._reach.open)

    def twilio(self, known: TwilioCredentials, business_id: UUID) -> TwilioSms:
        settings = self._settings
        status_url = f"{settings.public_url.rstrip('/')}{STATUS_PATH}/{business_id}"
        return TwilioSms(
            known.account_sid,
            known.auth_token,
            known.from_number,
            api_base=settings.twilio_api_base,
            status_url=status_url if settings.twilio_status_callbacks else None,
        )

    def google(self, known: GoogleCredentials) -> GoogleCalendar:
        """Raises AccountRefused for a key that is none."""
        base = self._settings.google_api_base
        told = {
            "type": "service_account",
            "client_email": known.client_email,
            "private_key": known.private_key,
            "token_uri": f"{base.rstrip('/')}/token" if base else TOKENS,
        }
        try:
            return GoogleCalendar(told, base)
        except (ValueError, TypeError, AttributeError):  # the last two: JSON of another shape
            raise AccountRefused("service_account_key", "holds no private key that can be used") from None

    def caldav(self, known: CalDavCredentials) -> CalDavCalendar:
        return CalDavCalendar(known.url, known.username, known.password, session=self._reach.session)

    async def try_out(self, account: VendorAccount) -> None:
        """As `domain.vendor_accounts.AccountTrial`: with the very client that would use it."""
        match account.credentials:
            case StripeCredentials() as known:
                await self.stripe(known).check_access()
            case SmtpCredentials() as known:
                await self.smtp(known).check_access()
            case TwilioCredentials() as known:
                await self.twilio(known, account.business_id).check_access()
            case GoogleCredentials() as known:
                await self.google(known).check_access()
            case CalDavCredentials() as known:
                await self._check_reach(known.url)
                await self.caldav(known).check_access()

    async def _check_reach(self, url: str) -> None:
        place = urlsplit(url)
        try:
            await self._reach.addresses(place.hostname or "", place.port or (443 if place.scheme == "https" else 80))
        except OSError:  # AddressRefused is one
            raise AccountRefused("url", "must lead to a server on the internet") from None


def _as(kind: type[Kind], account: VendorAccount) -> Kind:
    assert isinstance(account.credentials, kind)  # noqa: S101 (the account's vendor says so)
    return account.credentials
