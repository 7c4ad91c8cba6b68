"""The one place where configuration is read: a frozen Settings, built once by each program."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.rate_limits import Rate, rate_in
from domain.webhooks import RETRY_SECONDS

PREFIX = "SLOTKEEPER_"

Read = TypeVar("Read", bound="StandInSettings")

Port = Annotated[int, Field(ge=0, le=65535)]


def _is_address(text: str) -> str:
    if re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text) is None:
        raise ValueError("must be an address such as https://calendar.example/dav")
    return text


Address = Annotated[str, AfterValidator(_is_address)]


def _split(text: object) -> object:
    return [part for part in text.strip("()[] ").split(",") if part.strip()] if isinstance(text, str) else text


Pauses = Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(max_length=50), NoDecode, BeforeValidator(_split)]
"""Seconds, with commas between."""


def _rate(value: object) -> object:
    return rate_in(value) if isinstance(value, str) else value


RateLimit = Annotated[Rate | None, NoDecode, BeforeValidator(_rate)]
"""So many in so many seconds, as `3000/60`; `off` for none."""


def _networks(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = [name.strip() for name in value.split(",") if name.strip() and name.strip().lower() != "none"]
    try:
        return tuple(ip_network(name) for name in names)
    except ValueError as fault:
        raise ValueError(f"must be addresses or networks such as 10.0.0.0/8,2001:db8::/32, or none: {fault}") from None


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]
"""With commas between; `none` for none."""


class PaymentsVendor(StrEnum):
    NONE = "none"
    STRIPE = "stripe"


class CalendarVendor(StrEnum):
    NONE = "none"
    GOOGLE = "google"
    CALDAV = "caldav"


class SmsVendor(StrEnum):
    NONE = "none"
    TWILIO = "twilio"


class EmailVendor(StrEnum):
    NONE = "none"
    SMTP = "smtp"


class SmtpSecurity(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


def start_log(level: str) -> None:
    """How every program and each of its processes writes its log; the first call counts."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every request, with its address


class BadSettings(Exception):
    """A program cannot start as it is configured; the text names each variable and what is wrong with it."""


def _given(name: str, url: SecretStr | None, why: str) -> str:
    if url is None:
        raise BadSettings(f"{PREFIX}{name} is needed: {why}")
    return url.get_secret_value()


class StandInSettings(BaseSettings):
    """The little that the vendors' stand-ins have to know."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    stripe_webhook_secret: SecretStr | None = None
    log_level: str = "INFO"

    @field_validator("log_level")
    @classmethod
    def _log_level_exists(cls, level: str) -> str:
        if level.upper() not in logging.getLevelNamesMapping():
            raise ValueError("must be one of DEBUG, INFO, WARNING, ERROR and CRITICAL")
        return level.upper()


class Settings(StandInSettings):
    """Everything a deployment may change, from `SLOTKEEPER_…` environment variables or files in `/run/secrets`.

    A vendor that is chosen without its credential is refused at start, naming the variable. `*_api_base` moves a vendor's
    address to a sandbox; unset, the vendor's own is used.
    """

    database_url: SecretStr
    """For work that is about one business at a time: a login that policies bind (store/logins.py)."""
    database_steward_url: SecretStr | None = None
    """For the worker's sweeps, the checker and opening businesses: a login that sees all. The API gets none."""
    database_door_url: SecretStr | None = None
    """For people's accounts, sessions and links, which exist above businesses: a login that sees nothing else. For the API."""
    database_owner_url: SecretStr | None = None
    """For `slotkeeper migrate` alone."""
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = 10

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_api_key: SecretStr | None = None
    temporal_tls: bool = False
    task_queue: str = "slotkeeper"
    payload_key: SecretStr | None = None
    """32 bytes in base64; when set, workflow payloads are AES-256-GCM encrypted."""

    token_secret: SecretStr
    """Derives the bookings' manage tokens; changing it makes every link already sent invalid."""
    token_keys_file: Path | None = None
    """Keys that sign access tokens: a JSON object of secrets in base64 by name, the first of which signs. Without it, one is
    derived from `token_secret`."""
    customer_keys_file: Path | None = None
    """Keys that wrap the customers' own: a JSON object of 32 bytes in base64 by name, the first of which wraps. Without it, one
    is derived from `token_secret`, which then must never change. `slotkeeper seal` follows a new first one."""
    seal_customers: bool = True
    """Off only while a release from before sealing runs beside this one, which cannot read what is sealed."""
    access_token_seconds: Annotated[int, Field(ge=10, le=3600)] = 900
    session_days: Annotated[int, Field(ge=1, le=365)] = 30
    """How long people stay logged in, by refresh tokens; then they log in again."""
    session_idle_days: Annotated[int, Field(ge=1, le=365)] = 14
    """After how long without a refresh they do so sooner."""

    verify_page: str | None = None
    """Where people confirm their address by the link in a mail: an address with {token} in it. Without it mails show the
    token itself."""
    reset_page: str | None = None
    """Where people choose a new password; the same."""
    invite_page: str | None = None
    """Where people accept an invitation; the same."""

    change_page: str | None = None
    """Where customers change a booking by the link in a message, good for once: an address with {booking} and {token} in it, such
    as https://salon.example/change?booking={booking}&token={token}. Without it messages carry no links."""

    offer_page: str | None = None
    """Where customers take a time that the waitlist offers them: the same, with the booking's manage token as {token}."""

    approval_page: str | None = None
    """Where providers approve or decline a booking by the link in their message, good for once; an address as `change_page`."""

    public_url: Address = "http://127.0.0.1:8000"
    api_host: str = "127.0.0.1"
    api_port: Port = 8000
    api_processes: Annotated[int, Field(ge=1, le=64)] = 1
    """How many share the port; one uses one core."""
    api_shares_port: bool = False
    """Lets another program of the same user listen there as well: the next release begins before this one ends."""
    api_drain_seconds: Annotated[float, Field(ge=0, le=600)] = 5.0
    """How long the API serves on after SIGTERM, while /health/ready already says that it stops."""
    api_request_bytes: int = 64 * 1024
    api_body_seconds: Annotated[float, Field(gt=0, le=600)] = 20.0
    """How long a request's body may take to come."""
    api_kept_answers_bytes: Annotated[int, Field(ge=0)] = 64 * 1024 * 1024
    api_hold_target_seconds: Annotated[float, Field(gt=0, le=15)] = 0.5
    """How long half of the holds may take; while they take longer, fewer are let in at once and the others answered 503."""
    api_holds_at_once: Annotated[int, Field(ge=4, le=10_000)] = 200
    """The most holds that one API process asks for at once, however quick they are."""
    api_backlog_seconds: Annotated[float, Field(gt=0, le=3600)] = 5.0
    """How long tasks may wait for a worker before nothing new is begun."""
    trusted_proxies: Networks = ()
    """The proxies in front: only their X-Forwarded-For says from where a request comes. Without any, connections do."""
    unlimited_networks: Networks = ()
    """From where as much may be asked as anybody likes, such as a shop's own web server. What could be guessed stays limited."""
    limit_address: RateLimit = Rate(3000, 60)
    """Requests from one address; of IPv6, from one /64. Each limit is of all processes of the API together."""
    limit_caller: RateLimit = Rate(6000, 60)
    """Requests by one API key or one person."""
    limit_business: RateLimit = Rate(30_000, 60)
    """Requests about one business by those who show a credential, and once more by everybody else together."""
    limit_entrance: RateLimit = Rate(600, 600)
    """Log-ins, registrations, codes and mails' links from one address."""
    limit_log_in: RateLimit = Rate(10, 600)
    """Passwords for one account that are wrong, from one address."""
    limit_account: RateLimit = Rate(50, 3600)
    """Passwords for one account that are wrong, from all addresses together from where it was not entered before."""
    limit_mails: RateLimit = Rate(10, 3600)
    """Mails of one kind that may be asked for to one address."""
    holds_per_customer: Annotated[int, Field(ge=0, le=10_000)] = 20
    """What one customer, by mailbox or phone, may hold at a business without having confirmed it; a series counts as five. 0 for
    no limit."""
    holds_per_address: Annotated[int, Field(ge=0, le=10_000)] = 100
    """The same from one address."""
    confirm_wait_seconds: Annotated[float, Field(gt=0, le=60)] = 15.0
    """How long POST …/confirm waits for the outcome before it answers 202."""

    worker_sandboxed: bool = False
    """Run workflow code in Temporal's sandbox: safer while developing, a third slower."""
    worker_slots: Annotated[int, Field(ge=1, le=2000)] = 200
    worker_cached_workflows: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """How many workflows a worker keeps in memory between their tasks, the least recently used go first. Each takes some 0.1 MB;
    one that is gone is played from its history again when something comes for it."""
    worker_stop_seconds: Annotated[float, Field(ge=0, le=600)] = 20.0
    """How long activities that are under way may take, once the worker is told to stop, until they are told so as well."""
    worker_metrics: str | None = None
    """Where the worker tells Prometheus its numbers, as IP address and port: 127.0.0.1:9090."""

    hold_seconds: Annotated[int, Field(ge=1, le=3600)] = 300
    payment_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """How long an authorisation is attempted through accidents before it is undone."""
    calendar_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """How long a calendar is retried before the business's policy decides."""
    capture_seconds: Annotated[int, Field(ge=1, le=86400)] = 3600
    notify_seconds: Annotated[int, Field(ge=1, le=3600)] = 120
    """How long a confirmation is retried at least, also once the appointment has begun; otherwise until it begins."""

    series_charge_hours: Annotated[float, Field(ge=0, le=24 * 30)] = 72.0
    """How long before each occurrence of a series its saved payment method is charged, where each is paid by itself."""
    series_pay_hours: Annotated[float, Field(ge=0, le=24 * 30)] = 24.0
    """How long a customer whose saved payment method was refused has to pay with another, at the latest until the start."""

    longest_offer_seconds: Annotated[int, Field(ge=1, le=604_800)] = 604_800
    """For how long the waitlist holds a time for somebody at most, whatever the service says."""

    webhook_retry_seconds: Pauses = tuple(RETRY_SECONDS)
    """The pauses after each failure of a webhook out; after the last it is given up."""
    webhook_slots: Annotated[int, Field(ge=1, le=2000)] = 100
    """How many webhooks a worker posts at once."""
    webhook_may_be_local: bool = False
    """Lets endpoints, identity providers and businesses' own servers be on this machine, over http, too. For development only."""

    payments: PaymentsVendor = PaymentsVendor.NONE
    stripe_api_key: SecretStr | None = None
    stripe_api_base: Address | None = None

    calendar: CalendarVendor = CalendarVendor.NONE
    google_credentials_file: Path | None = None
    google_api_base: Address | None = None
    caldav_url: Address | None = None
    caldav_username: str | None = None
    caldav_password: SecretStr | None = None

    sms: SmsVendor = SmsVendor.NONE
    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_from: str | None = None
    twilio_api_base: Address | None = None
    twilio_status_callbacks: bool = True
    """Ask Twilio to tell what becomes of each text, at {public_url}/api/v1/webhooks/twilio. Off where it cannot reach us."""

    email: EmailVendor = EmailVendor.NONE
    smtp_host: str | None = None
    smtp_port: Port = 587
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_security: SmtpSecurity = SmtpSecurity.STARTTLS
    mail_from: str | None = None

    @property
    def tenant_url(self) -> str:
        """The address of the database for one business at a time."""
        return self.database_url.get_secret_value()

    @property
    def steward_url(self) -> str:
        """The address of the database for all businesses. Raises BadSettings."""
        return _given("DATABASE_STEWARD_URL", self.database_steward_url, "work over all businesses has a login of its own")

    @property
    def door_url(self) -> str:
        """The address of the database for people's accounts. Raises BadSettings."""
        return _given("DATABASE_DOOR_URL", self.database_door_url, "people's accounts are seen by a login of their own")

    @property
    def account_key(self) -> bytes:
        """Keys the hash by which customers with an account are found with every business."""
        return hmac.digest(self.token_secret.get_secret_value().encode(), b"customer-accounts", "sha256")

    @property
    def customer_keys(self) -> dict[str, bytes]:
        """The keys that wrap the customers' own, by name. Raises BadSettings where the file cannot be used."""
        if self.customer_keys_file is None:
            derived = hmac.digest(self.token_secret.get_secret_value().encode(), b"customer-keys", "sha256")
            return {f"derived-{hashlib.sha256(derived).hexdigest()[:8]}": derived}
        try:
            told = json.loads(self.customer_keys_file.read_text())
            keys = {str(name): base64.b64decode(key, validate=True) for name, key in told.items()}
        except (OSError, ValueError, AttributeError, TypeError):  # binascii.Error is a ValueError
            keys = {}
        if not keys or any(len(key) != 32 for key in keys.values()):
            what = "must hold a JSON object of one or more keys by name, each of 32 bytes in base64"
            raise BadSettings(f"{PREFIX}CUSTOMER_KEYS_FILE: {what}")
        return keys

    @property
    def owner_url(self) -> str:
        """The address of the database for its owner. Raises BadSettings."""
        return _given("DATABASE_OWNER_URL", self.database_owner_url, "tables are made by their owner, who is nobody else")

    @field_validator("database_url", "database_steward_url", "database_door_url", "database_owner_url")
    @classmethod
    def _database_is_postgresql(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and re.fullmatch(r"postgres(ql)?://\S+", url.get_secret_value()) is None:
            raise ValueError("must be an address such as postgresql://user:password@host:5432/database")
        return url

    @field_validator("change_page", "offer_page", "approval_page", "verify_page", "reset_page", "invite_page")
    @classmethod
    def _change_page_takes_the_token(cls, page: str | None) -> str | None:
        if page is not None and (re.fullmatch(r"https?://\S+", page) is None or "{token}" not in page):
            raise ValueError("must be an address with {token} in it, such as https://salon.example/change?token={token}")
        return page

    @field_validator("temporal_address")
    @classmethod
    def _temporal_is_an_address(cls, address: str) -> str:
        if re.fullmatch(r"[^\s/]+:\d{1,5}", address) is None:
            raise ValueError("must be a host and a port, such as 127.0.0.1:7233")
        return address

    @field_validator("worker_metrics")
    @classmethod
    def _worker_metrics_is_an_address(cls, address: str | None) -> str | None:
        if address is not None:
            host, _, port = address.rpartition(":")
            try:
                ip_address(host.strip("[]"))
            except ValueError:
                raise ValueError("must be an IP address and a port, such as 127.0.0.1:9090") from None
            if not port.isdecimal() or not 0 < int(port) < 65536:
                raise ValueError("must end with a port from 1 to 65535")
        return address

    @field_validator("payload_key")
    @classmethod
    def _payload_key_is_256_bits(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            try:
                raw = base64.b64decode(key.get_secret_value(), validate=True)
            except binascii.Error:
                raise ValueError("must be base64") from None
            if len(raw) != 32:
                raise ValueError("must be 32 bytes in base64")
        return key

    @field_validator("token_secret")
    @classmethod
    def _token_secret_is_long(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < 32:
            raise ValueError("must have at least 32 characters")
        return secret

    @model_validator(mode="after")
    def _chosen_vendors_have_credentials(self) -> Self:
        if missing := list(self._missing()):
            raise ValueError("\n".join(missing))
        return self

    def _missing(self) -> Iterator[str]:
        needed: dict[tuple[StrEnum, StrEnum], tuple[str, ...]] = {
            (self.payments, PaymentsVendor.STRIPE): ("stripe_api_key", "stripe_webhook_secret"),
            (self.calendar, CalendarVendor.CALDAV): ("caldav_url", "caldav_username", "caldav_password"),
            (self.sms, SmsVendor.TWILIO): ("twilio_account_sid", "twilio_auth_token", "twilio_from"),
            (self.email, EmailVendor.SMTP): ("smtp_host", "mail_from"),
        }
        if self.google_api_base is None:  # the sandbox takes anonymous calls, Google does not
            needed[(self.calendar, CalendarVendor.GOOGLE)] = ("google_credentials_file",)
        for (chosen, vendor), names in needed.items():
            for name in names if chosen == vendor else ():
                if not getattr(self, name):
                    yield f"{PREFIX}{name.upper()} is needed because {vendor.value} is chosen"
        for one, other in (("smtp_username", "smtp_password"), ("smtp_password", "smtp_username")):
            if getattr(self, one) and not getattr(self, other):
                yield f"{PREFIX}{other.upper()} is needed because {PREFIX}{one.upper()} is set"


def read_settings(**known: str) -> Settings:
    """Reads the environment, beside what is known already; raises BadSettings with one line a fault, never the value."""
    return _read(lambda secrets: Settings(_secrets_dir=secrets, **known))  # type: ignore[arg-type] # texts, as the environment has


def read_stand_in_settings() -> StandInSettings:
    """The same for the stand-ins, which run beside a product that is configured elsewhere."""
    return _read(lambda secrets: StandInSettings(_secrets_dir=secrets))


def _read(build: Callable[[Path | None], Read]) -> Read:
    secrets = Path("/run/secrets")
    try:
        return build(secrets if secrets.is_dir() else None)
    except ValidationError as fault:
        lines = []
        for error in fault.errors(include_input=False, include_url=False):
            name = PREFIX + "_".join(str(part) for part in error["loc"]).upper() if error["loc"] else ""
            lines.append(f"{name}: {error['msg']}".removeprefix(": ").replace("Value error, ", ""))
        raise BadSettings("\n".join(lines)) from None
