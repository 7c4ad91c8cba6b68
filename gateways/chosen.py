"""Builds the gateways that the settings choose; None where a business does without."""

from __future__ import annotations

from domain.calendars import CalendarGateway
from domain.gateways import Gateways, OwnGateways
from domain.messages import DeliveryState, EmailGateway, SmsGateway
from domain.payments import PaymentGateway
from domain.sso import SsoGateway
from domain.vendor_accounts import VendorAccounts, VendorKind
from gateways.calendars.caldav import CalDavCalendar
from gateways.calendars.google import GoogleCalendar
from gateways.messages.smtp import SmtpEmail
from gateways.messages.twilio import TwilioSms
from gateways.openid import OpenIdProviders
from gateways.own.accounts import Own
from gateways.own.building import STATUS_PATH, Builder
from gateways.own.calendars import OwnCalendar
from gateways.own.messages import OwnEmail, OwnSms
from gateways.own.payments import OwnPayments
from gateways.payments.stripe import StripePayments
from settings import PREFIX, BadSettings, CalendarVendor, EmailVendor, PaymentsVendor, Settings, SmsVendor


def choose(settings: Settings) -> Gateways:
    """All gateways as the settings say; Settings has already refused a vendor without its credential. Raises BadSettings."""
    return Gateways(payments(settings), calendar(settings), email(settings), sms(settings))


def with_own(settings: Settings, deployments: Gateways, accounts: VendorAccounts) -> OwnGateways:
    """The deployment's gateways behind those of each business that brings its own."""
    build = Builder(settings)
    first_state = DeliveryState.QUEUED if settings.twilio_status_callbacks else DeliveryState.SENT
    return OwnGateways(
        OwnPayments(deployments.payments, Own(VendorKind.PAYMENTS, accounts, build.payments)),
        OwnCalendar(deployments.calendar, Own(VendorKind.CALENDAR, accounts, build.calendar)),
        OwnEmail(deployments.email, Own(VendorKind.EMAIL, accounts, build.email)),
        OwnSms(deployments.sms, Own(VendorKind.SMS, accounts, build.sms), first_state),
        build,
    )


def sso(settings: Settings) -> SsoGateway:
    """Businesses' identity providers; each business configures its own."""
    return OpenIdProviders(may_be_local=settings.webhook_may_be_local)


def payments(settings: Settings) -> PaymentGateway | None:
    if settings.payments is PaymentsVendor.NONE:
        return None
    assert settings.stripe_api_key is not None and settings.stripe_webhook_secret is not None  # noqa: S101 (Settings checked)
    return StripePayments(
        settings.stripe_api_key.get_secret_value(),
        settings.stripe_webhook_secret.get_secret_value(),
        api_base=settings.stripe_api_base,
        return_url=settings.public_url,
    )


def calendar(settings: Settings) -> CalendarGateway | None:
    match settings.calendar:
        case CalendarVendor.GOOGLE:
            return _google(settings)
        case CalendarVendor.CALDAV:
            assert settings.caldav_url and settings.caldav_username and settings.caldav_password  # noqa: S101 (Settings checked)
            return CalDavCalendar(settings.caldav_url, settings.caldav_username, settings.caldav_password.get_secret_value())
        case CalendarVendor.NONE:
            return None


def _google(settings: Settings) -> GoogleCalendar:
    try:
        return GoogleCalendar(settings.google_credentials_file, settings.google_api_base)
    except (OSError, ValueError, TypeError, AttributeError) as fault:  # the last two: JSON of another shape
        reason = fault.strerror if isinstance(fault, OSError) else "it is not a service account's key file"
        raise BadSettings(f"{PREFIX}GOOGLE_CREDENTIALS_FILE: {settings.google_credentials_file}: {reason}") from None


def sms(settings: Settings) -> SmsGateway | None:
    if settings.sms is SmsVendor.NONE:
        return None
    assert settings.twilio_account_sid and settings.twilio_auth_token and settings.twilio_from  # noqa: S101 (Settings checked)
    return TwilioSms(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_from,
        api_base=settings.twilio_api_base,
        status_url=f"{settings.public_url.rstrip('/')}{STATUS_PATH}" if settings.twilio_status_callbacks else None,
    )


def email(settings: Settings) -> EmailGateway | None:
    if settings.email is EmailVendor.NONE:
        return None
    assert settings.smtp_host and settings.mail_from  # noqa: S101 (Settings checked)
    return SmtpEmail(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_username,
        settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        settings.smtp_security,
        settings.mail_from,
    )
