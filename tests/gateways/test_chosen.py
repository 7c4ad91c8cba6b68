"""The gateways are those that the settings choose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain.gateways import Gateways
from gateways.calendars.caldav import CalDavCalendar
from gateways.calendars.google import GoogleCalendar
from gateways.chosen import choose
from gateways.messages.smtp import SmtpEmail
from gateways.messages.twilio import TwilioSms
from gateways.payments.stripe import StripePayments
from settings import BadSettings, Settings

STRIPE = {"payments": "stripe", "stripe_api_key": "sk_test_1", "stripe_webhook_secret": "whsec_1"}
CALDAV = {"calendar": "caldav", "caldav_url": "https://dav.example", "caldav_username": "ada", "caldav_password": "p"}
TWILIO = {"sms": "twilio", "twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_from": "+15005550006"}
SMTP = {"email": "smtp", "smtp_host": "mail.example", "mail_from": "hello@salon.example"}
GOOGLE = {"calendar": "google", "google_api_base": "http://127.0.0.1:8100/google"}


def settings(**changes: Any) -> Settings:
    return Settings.model_validate({"database_url": "postgresql://x", "token_secret": "t" * 32} | changes)


async def test_a_business_may_do_without_all_of_them() -> None:
    assert Gateways(None, None, None, None) == choose(settings())


async def test_each_is_built_as_chosen() -> None:
    built = choose(settings(**STRIPE, **CALDAV, **TWILIO, **SMTP))
    found = (built.payments, built.calendar, built.email, built.sms)
    assert [StripePayments, CalDavCalendar, SmtpEmail, TwilioSms] == [type(gateway) for gateway in found]


async def test_google_may_be_chosen_instead() -> None:
    assert isinstance(choose(settings(**GOOGLE)).calendar, GoogleCalendar)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "not json",
        "[]",
        json.dumps({"type": "authorized_user"}),
        json.dumps({"client_email": "a@example.com", "token_uri": "https://x", "private_key": 1}),
        json.dumps({"client_email": "a@example.com", "token_uri": "https://x", "private_key": "cut off"}),
    ],
)
def test_a_key_file_that_cannot_be_used_names_its_variable(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "key.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BadSettings, match=r"^SLOTKEEPER_GOOGLE_CREDENTIALS_FILE: .*key\.json: ") as caught:
        choose(settings(calendar="google", google_credentials_file=file))
    assert 1 == len(str(caught.value).splitlines())


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="Is a directory"):
        choose(settings(calendar="google", google_credentials_file=tmp_path))
