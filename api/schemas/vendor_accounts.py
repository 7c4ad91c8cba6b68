"""A business's own accounts with vendors over HTTP: what is secret comes in, and never goes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import formataddr, parseaddr
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from api.problems import invalid
from api.schemas.fields import Answer, Email, Integer, Request, plain_text
from domain.vendor_accounts import (
    CalDavCredentials,
    Credentials,
    GoogleCredentials,
    ShownAccount,
    SmtpCredentials,
    StripeCredentials,
    TwilioCredentials,
    Vendor,
    VendorKind,
)

ADDRESS: TypeAdapter[str] = TypeAdapter(Email)
MAIL_PORTS = (25, 465, 587, 2525)


class Security(StrEnum):
    """Of the connection to a mail server."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


def _sender(text: str) -> str:
    name, address = parseaddr(plain_text(text))
    try:
        return formataddr((name, ADDRESS.validate_python(address)))
    except (ValidationError, UnicodeError):
        raise ValueError("must be an address such as Salon Ada <hello@salon.example>") from None


def _host(text: str) -> str:
    try:
        return text.encode("idna").decode().lower()
    except UnicodeError:
        raise ValueError("must be the name of a server, such as mail.salon.example") from None


Secret = Annotated[SecretStr, Field(min_length=1, max_length=500, json_schema_extra={"pattern": r"^[\x21-\x7e]+$"})]
Plain = Annotated[str, Field(min_length=1, max_length=254, pattern=r"^[\x21-\x7e]+$")]
Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[^\s/@:?#\[\]\x00-\x1f]+$"), AfterValidator(_host)]
Sender = Annotated[str, Field(min_length=3, max_length=320), AfterValidator(_sender)]
From = Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{6,14}|[A-Za-z0-9 ]{1,11})$")]

NEEDED: Mapping[Vendor, tuple[str, ...]] = {
    Vendor.STRIPE: ("api_key", "webhook_secret"),
    Vendor.GOOGLE: ("service_account_key",),
    Vendor.CALDAV: ("url", "username", "password"),
    Vendor.SMTP: ("host", "mail_from"),
    Vendor.TWILIO: ("account_sid", "auth_token", "from_number"),
}
MAY: Mapping[Vendor, tuple[str, ...]] = {Vendor.SMTP: ("port", "security", "username", "password")}


class NewVendorAccount(Request):
    """An account of the business's own. Each vendor takes fields of its own; what is not asked for is refused."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"vendor": "stripe", "api_key": "rk_live_of_the_salon", "webhook_secret": "whsec_of_the_endpoint"},
                {
                    "vendor": "smtp",
                    "host": "mail.salon.example",
                    "port": 587,
                    "security": "starttls",
                    "username": "bookings",
                    "password": "a password",
                    "mail_from": "Salon Ada <bookings@salon.example>",
                },
                {
                    "vendor": "twilio",
                    "account_sid": "AC00000000000000000000000000000000",
                    "auth_token": "token-of-the-account",
                    "from_number": "+4930901820",
                },
                {"vendor": "caldav", "url": "https://dav.salon.example/", "username": "salon", "password": "a password"},
            ]
        }
    )

    vendor: Vendor
    api_key: Secret | None = Field(None, description="Of Stripe: a secret or a restricted key.")
    webhook_secret: Secret | None = Field(None, description="Of Stripe's endpoint that posts to /webhooks/stripe/{business_id}.")
    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-zA-Z]{8,64}$")] | None = None
    auth_token: Secret | None = None
    from_number: From | None = Field(None, description="A number in E.164, or the name that texts come from.")
    service_account_key: Annotated[SecretStr, Field(min_length=2, max_length=8000)] | None = Field(
        None, description="The JSON key file of Google's service account, as text."
    )
    url: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(None, description="Of the CalDAV server.")
    host: Host | None = Field(None, description="Of the mail server.")
    port: Integer | None = Field(None, ge=1, le=65535)
    security: Security | None = None
    username: Plain | None = None
    password: Annotated[SecretStr, Field(min_length=1, max_length=500)] | None = None
    mail_from: Sender | None = Field(None, description="Whom mail comes from.")

    def credentials(self, kind: VendorKind) -> Credentials:
        """Whole, and of this kind. Raises Problem."""
        if self.vendor.kind is not kind:
            raise invalid("/vendor", f"is not one of {', '.join(one for one in Vendor if one.kind is kind)}")
        for name in NEEDED[self.vendor]:
            if getattr(self, name) is None:
                raise invalid(f"/{name}", f"is needed for {self.vendor}")
        for name in self.model_fields_set - {"vendor", *NEEDED[self.vendor], *MAY.get(self.vendor, ())}:
            raise invalid(f"/{name}", f"is none of {self.vendor}'s")
        match self.vendor:
            case Vendor.STRIPE:
                return StripeCredentials(self._secret("api_key"), self._secret("webhook_secret"))
            case Vendor.TWILIO:
                return TwilioCredentials(str(self.account_sid), self._secret("auth_token"), str(self.from_number))
            case Vendor.CALDAV:
                return CalDavCredentials(str(self.url), str(self.username), self._secret("password"))
            case Vendor.GOOGLE:
                return self._google()
            case Vendor.SMTP:
                return self._smtp()

    def _smtp(self) -> SmtpCredentials:
        if (self.username is None) != (self.password is None):
            raise invalid("/password" if self.password is None else "/username", "is needed where the other is given")
        security = self.security or Security.STARTTLS
        if security is Security.NONE and self.password is not None:
            raise invalid("/security", "must be starttls or tls, so that nobody reads the password on its way")
        port = self.port or (465 if security is Security.TLS else 587)
        password = self._secret("password") if self.password is not None else None
        return SmtpCredentials(str(self.host), port, security.value, self.username, password, str(self.mail_from))

    def _google(self) -> GoogleCredentials:
        try:
            told = json.loads(self._secret("service_account_key"))
            email, key = told["client_email"], told["private_key"]
        except (ValueError, KeyError, TypeError, RecursionError):
            email = key = None
        if not isinstance(email, str) or not isinstance(key, str) or not email.isprintable() or "\0" in key:
            raise invalid("/service_account_key", "is not the key file of a service account")
        return GoogleCredentials(email, key)

    def _secret(self, name: str) -> str:
        """Raises Problem for what cannot stand in a header."""
        text: str = getattr(self, name).get_secret_value()
        if name in ("api_key", "webhook_secret", "auth_token") and (not text.isascii() or not text.isprintable() or " " in text):
            raise invalid(f"/{name}", "must be letters, digits and signs only")
        if "\0" in text or (name == "password" and not text.isprintable()):
            raise invalid(f"/{name}", "must not contain control characters")
        return text


class VendorAccountAnswer(Answer):
    """Whose account a business uses, without anything secret. One that is not its own is the deployment's, if it has any."""

    kind: VendorKind
    is_own: bool
    vendor: Vendor | None = Field(description="Of its own account.")
    id: UUID | None = Field(description="Another one after each change.")
    since: datetime | None
    api_key_ends: str | None = Field(description="The last four letters, to tell one key from another.")
    account_sid: str | None
    from_number: str | None
    client_email: str | None = Field(description="With whom Google's calendars have to be shared.")
    url: str | None
    host: str | None
    port: int | None
    security: str | None
    username: str | None
    mail_from: str | None
    webhook_url: str | None = Field(description="Where Stripe's endpoint has to post to.")

    @classmethod
    def of(cls, kind: VendorKind, own: ShownAccount | None, webhook_url: str) -> Self:
        """This account for HTTP."""
        known: dict[str, Any] = dict.fromkeys(cls.model_fields)
        if own is not None:
            known |= {name: value for name, value in own.shown.items() if name in known}
            known |= {"vendor": own.vendor, "id": own.id, "since": own.since}
        if kind is VendorKind.PAYMENTS:
            known["webhook_url"] = webhook_url
        return cls(**known | {"kind": kind, "is_own": own is not None})


class VendorAccountsAnswer(Answer):
    """One for each kind of vendor."""

    items: list[VendorAccountAnswer]
