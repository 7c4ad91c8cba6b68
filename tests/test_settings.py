"""A deployment that is configured wrongly does not start, and says which variable to mend."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from settings import BadSettings, CalendarVendor, Settings, SmtpSecurity, read_settings

CLI = Path(__file__).parents[1] / "cli.py"
NEEDED = {"DATABASE_URL": "postgresql://nobody:hidden@127.0.0.1:9/none", "TOKEN_SECRET": "t" * 32}
STRIPE = {"PAYMENTS": "stripe", "STRIPE_API_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
CALDAV = {"CALENDAR": "caldav", "CALDAV_URL": "https://dav.example", "CALDAV_USERNAME": "ada", "CALDAV_PASSWORD": "hidden"}
TWILIO = {"SMS": "twilio", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "hidden", "TWILIO_FROM": "+15005550006"}
SMTP = {"EMAIL": "smtp", "SMTP_HOST": "mail.example", "MAIL_FROM": "hello@salon.example"}
GOOGLE = {"CALENDAR": "google", "GOOGLE_CREDENTIALS_FILE": "key.json"}
VENDORS = [STRIPE, CALDAV, TWILIO, SMTP, GOOGLE]


def prefixed(environment: dict[str, str]) -> dict[str, str]:
    return {f"SLOTKEEPER_{name}": value for name, value in environment.items()}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing of ours but what is needed."""
    for name in [name for name in os.environ if name.upper().startswith("SLOTKEEPER_")]:
        monkeypatch.delenv(name)
    for name, value in prefixed(NEEDED).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def complaint(environment: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in prefixed(variables).items():
        environment.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        read_settings()
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_what_is_needed_is_enough() -> None:
    settings = read_settings()
    assert SecretStr(NEEDED["DATABASE_URL"]) == settings.database_url
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize("name", list(NEEDED))
@pytest.mark.parametrize("empty", [True, False])
def test_what_is_needed_is_named(environment: pytest.MonkeyPatch, name: str, empty: bool) -> None:
    environment.delenv(f"SLOTKEEPER_{name}")
    if empty:
        environment.setenv(f"SLOTKEEPER_{name}", "")
    assert f"SLOTKEEPER_{name}: Field required" == complaint(environment)


@pytest.mark.parametrize(
    ("vendor", "missing"), [(vendor, name) for vendor in VENDORS for name in list(vendor)[1:]], ids=lambda part: str(part)[:40]
)
@pytest.mark.parametrize("empty", [True, False])
def test_a_chosen_vendors_missing_credential_is_named(
    environment: pytest.MonkeyPatch, vendor: dict[str, str], missing: str, empty: bool
) -> None:
    """Empty counts as missing: compose files hand on variables that are not set as empty ones."""
    chosen = next(iter(vendor.values()))
    variables = vendor | {missing: ""} if empty else {name: value for name, value in vendor.items() if name != missing}
    assert f"SLOTKEEPER_{missing} is needed because {chosen} is chosen" == complaint(environment, **variables)


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: "-".join(vendor.values())[:20])
def test_a_vendor_with_its_credentials_is_taken(environment: pytest.MonkeyPatch, vendor: dict[str, str]) -> None:
    for name, value in prefixed(vendor).items():
        environment.setenv(name, value)
    settings = read_settings()
    field, chosen = next(iter(vendor.items()))
    assert chosen == getattr(settings, field.lower())


def test_all_that_is_missing_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    told = complaint(environment, PAYMENTS="stripe", SMS="twilio")
    assert [
        f"SLOTKEEPER_{name}"
        for name in ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM")
    ] == [line.split()[0] for line in told.splitlines()]


def test_the_sandboxs_calendar_needs_no_credentials(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLOTKEEPER_CALENDAR", "google")
    environment.setenv("SLOTKEEPER_GOOGLE_API_BASE", "http://127.0.0.1:8100/google")
    assert CalendarVendor.GOOGLE is read_settings().calendar


@pytest.mark.parametrize(("given", "missing"), [("SMTP_USERNAME", "SMTP_PASSWORD"), ("SMTP_PASSWORD", "SMTP_USERNAME")])
def test_a_login_needs_both_its_parts(environment: pytest.MonkeyPatch, given: str, missing: str) -> None:
    told = complaint(environment, **SMTP, **{given: "hidden"})
    assert f"SLOTKEEPER_{missing} is needed because SLOTKEEPER_{given} is set" == told


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CALENDAR", "outlook", "'none', 'google' or 'caldav'"),
        ("SMTP_SECURITY", "ssl", "'none', 'starttls' or 'tls'"),
        ("API_PORT", "eighty", "valid integer"),
        ("API_PORT", "70000", "65535"),
        ("HOLD_SECONDS", "0", "greater than or equal to 1"),
        ("WORKER_CACHED_WORKFLOWS", "0", "greater than or equal to 1"),
        ("LOG_LEVEL", "LOUD", "DEBUG"),
        ("TOKEN_SECRET", "hidden-but-short", "at least 32 characters"),
        ("PAYLOAD_KEY", "hidden!", "base64"),
        ("PAYLOAD_KEY", base64.b64encode(b"hidden").decode(), "32 bytes"),
        ("CALDAV_URL", "dav.example", "must be an address"),
        ("CHANGE_PAGE", "https://shop.example/", "{token}"),
        ("APPROVAL_PAGE", "https://shop.example/", "{token}"),
        ("CHANGE_PAGE", "shop.example/{token}", "must be an address"),
        ("CALDAV_URL", "ftp://dav.example", "must be an address"),
        ("STRIPE_API_BASE", "127.0.0.1:8100", "must be an address"),
        ("PUBLIC_URL", "https://salon.example/?a=b", "must be an address"),
    ],
)
def test_a_value_that_cannot_be_is_named_but_not_told(environment: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    told = complaint(environment, **{name: value})
    assert told.startswith(f"SLOTKEEPER_{name}: ")
    assert words in told
    assert value not in told
    assert 1 == len(told.splitlines())


def test_a_secret_may_lie_in_a_file(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    environment.delenv("SLOTKEEPER_TOKEN_SECRET")
    (tmp_path / "slotkeeper_token_secret").write_text("s" * 40 + "\n")
    assert "s" * 40 == Settings(_secrets_dir=tmp_path).token_secret.get_secret_value()


def test_a_log_level_may_be_written_small(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLOTKEEPER_LOG_LEVEL", "debug")
    environment.setenv("SLOTKEEPER_SMTP_SECURITY", "tls")
    settings = read_settings()
    assert ("DEBUG", SmtpSecurity.TLS) == (settings.log_level, settings.smtp_security)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        (NEEDED | {"SMS": "twilio", "TWILIO_FROM": ""}, "SLOTKEEPER_TWILIO_FROM is needed because twilio is chosen"),
        (NEEDED | {"CALENDAR": "google", "GOOGLE_CREDENTIALS_FILE": "/nowhere/key.json"}, "SLOTKEEPER_GOOGLE_CREDENTIALS_FILE: "),
    ],
)
def test_the_worker_does_not_start_and_says_why_in_a_line(variables: dict[str, str], told: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLOTKEEPER_")}
    ended = subprocess.run(
        (sys.executable, str(CLI), "worker"),
        env=clean | prefixed(variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (2, "") == (ended.returncode, ended.stdout)
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr and "hidden" not in ended.stderr
    assert all(line.startswith("SLOTKEEPER_") for line in ended.stderr.splitlines())
