"""A business's own accounts with vendors, which are used for it in the place of the deployment's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

OWN = "own:"
"""Ids of what was made with a business's own account begin so, as long as they are with us."""


class VendorKind(StrEnum):
    """What vendors do for a business: at most one account of its own for each."""

    PAYMENTS = "payments"
    CALENDAR = "calendar"
    EMAIL = "email"
    SMS = "sms"


class Vendor(StrEnum):
    STRIPE = "stripe"
    GOOGLE = "google"
    CALDAV = "caldav"
    SMTP = "smtp"
    TWILIO = "twilio"

    @property
    def kind(self) -> VendorKind:
        return KINDS[self]


KINDS: Mapping[Vendor, VendorKind] = {
    Vendor.STRIPE: VendorKind.PAYMENTS,
    Vendor.GOOGLE: VendorKind.CALENDAR,
    Vendor.CALDAV: VendorKind.CALENDAR,
    Vendor.SMTP: VendorKind.EMAIL,
    Vendor.TWILIO: VendorKind.SMS,
}


@dataclass(frozen=True, slots=True)
class StripeCredentials:
    """`webhook_secret` is that of the endpoint by which Stripe tells us of this account."""

    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @property
    def shown(self) -> dict[str, Any]:
        return {"api_key_ends": self.api_key[-4:]}


@dataclass(frozen=True, slots=True)
class GoogleCredentials:
    """A service account: whose it is, and its private key in PEM."""

    client_email: str
    private_key: str = field(repr=False)

    @property
    def shown(self) -> dict[str, Any]:
        return {"client_email": self.client_email}


@dataclass(frozen=True, slots=True)
class CalDavCredentials:
    """A server, and who we are there."""

    url: str
    username: str
    password: str = field(repr=False)

    @property
    def shown(self) -> dict[str, Any]:
        return {"url": self.url, "username": self.username}


@dataclass(frozen=True, slots=True)
class SmtpCredentials:
    """A mail server, and from which address it sends. `security` is "none", "starttls" or "tls"."""

    host: str
    port: int
    security: str
    username: str | None
    password: str | None = field(repr=False)
    mail_from: str

    @property
    def shown(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "password"}


@dataclass(frozen=True, slots=True)
class TwilioCredentials:
    """An account, and the number or name that texts come from."""

    account_sid: str
    auth_token: str = field(repr=False)
    from_number: str

    @property
    def shown(self) -> dict[str, Any]:
        return {"account_sid": self.account_sid, "from_number": self.from_number}


Credentials = StripeCredentials | GoogleCredentials | CalDavCredentials | SmtpCredentials | TwilioCredentials

CREDENTIALS: Mapping[Vendor, type[Credentials]] = {
    Vendor.STRIPE: StripeCredentials,
    Vendor.GOOGLE: GoogleCredentials,
    Vendor.CALDAV: CalDavCredentials,
    Vendor.SMTP: SmtpCredentials,
    Vendor.TWILIO: TwilioCredentials,
}


@dataclass(frozen=True, slots=True)
class VendorAccount:
    """One account of a business. It never changes: a business that changes its account has another one from then on."""

    business_id: UUID
    id: UUID
    vendor: Vendor
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """What may be shown of an account: nothing secret."""

    id: UUID
    vendor: Vendor
    shown: Mapping[str, Any]
    since: datetime


class VendorAccounts(Protocol):
    """Where businesses' accounts are found. Whose they are is the business that everything is about where it is asked."""

    async def present(self, kind: VendorKind) -> VendorAccount | None:
        """The account that the business has now; None for one without, and where no business was named."""

    async def find(self, account_id: UUID) -> VendorAccount | None:
        """One that the business has or had; None for another business's."""

    async def former(self, kind: VendorKind) -> Sequence[VendorAccount]:
        """The last few that the business had before, the latest first."""

    async def first_from(self, kind: VendorKind, account_id: UUID) -> VendorAccount | None:
        """This one, or the next by its id, retired or not, of every business that whoever asks may see; None after the last."""


class AccountTrial(Protocol):
    """Tries an account out before it is kept."""

    async def try_out(self, account: VendorAccount) -> None:
        """One harmless call with it. Raises AccountRefused, and AccountAccident where the vendor does not answer as it should."""


class AccountRefused(Exception):
    """The vendor does not take it; `field` of the credentials is what is wrong. The text says why, and holds no secret."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
        self.detail = detail


class AccountAccident(Exception):
    """The vendor did not answer as it should."""


class NoAccount(Exception):
    """There is neither an account of the business's own nor one of the deployment's; or not the one that an id names."""


def own_id(account_id: UUID, vendors_id: str) -> str:
    """The vendor's id as it is kept: by it every later call goes to the same account. What has no id stays without."""
    return f"{OWN}{account_id}:{vendors_id}" if vendors_id else ""


def split_id(kept: str) -> tuple[UUID | None, str]:
    """The account, None for the deployment's, and the vendor's own id."""
    if not kept.startswith(OWN):
        return None, kept
    account_id, _, vendors_id = kept.removeprefix(OWN).partition(":")
    return UUID(account_id), vendors_id


def bare_id(kept: str) -> str:
    """The id as the vendor knows it."""
    return split_id(kept)[1]
