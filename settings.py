"""The one place where configuration is read: a frozen Settings, built once by each program."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SLOTKEEPER_"

Read = TypeVar("Read", bound="StandInSettings")

Port = Annotated[int, Field(ge=0, le=65535)]


def _is_address(text: str) -> str:
    if re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text) is None:
        raise ValueError("must be an address such as https://calendar.example/dav")
    return text


Address = Annotated[str, AfterValidator(_is_address)]


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

    public_url: Address = "http://127.0.0.1:8000"
    api_host: str = "127.0.0.1"
    api_port: Port = 8000
    api_processes: Annotated[int, Field(ge=1, le=64)] = 1
    """How many share the port; one uses one core."""
    api_request_bytes: int = 64 * 1024
    api_kept_answers_bytes: Annotated[int, Field(ge=0)] = 64 * 1024 * 1024
    confirm_wait_seconds: Annotated[float, Field(gt=0, le=60)] = 15.0
    """How long POST …/confirm waits for the outcome before it answers 202."""

    worker_sandboxed: bool = False
    """Run workflow code in Temporal's sandbox: safer while developing, a third slower."""
    worker_slots: Annotated[int, Field(ge=1, le=2000)] = 200
    worker_metrics: str | None = None
    """Where the worker tells Prometheus its numbers, as IP address and port: 127.0.0.1:9090."""

    hold_seconds: Annotated[int, Field(ge=1, le=3600)] = 300
    payment_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """How long an authorisation is attempted through accidents before it is undone."""
    calendar_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """How long a calendar is retried before the business's policy decides."""
    capture_seconds: Annotated[int, Field(ge=1, le=86400)] = 3600
    notify_seconds: Annotated[int, Field(ge=1, le=3600)] = 120
    """How long messages are retried inside the saga; after that the appointment goes on retrying."""

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

    email: EmailVendor = EmailVendor.NONE
    smtp_host: str | None = None
    smtp_port: Port = 587
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_security: SmtpSecurity = SmtpSecurity.STARTTLS
    mail_from: str | None = None

    @field_validator("database_url")
    @classmethod
    def _database_is_postgresql(cls, url: SecretStr) -> SecretStr:
        if re.fullmatch(r"postgres(ql)?://\S+", url.get_secret_value()) is None:
            raise ValueError("must be an address such as postgresql://user:password@host:5432/database")
        return url

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
