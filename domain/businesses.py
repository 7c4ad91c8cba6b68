"""What a business is to those who meet it: its name and clock, how it looks, and which pages speak for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from domain.bookings import OnCalendarFailure

PORTS = {"https": 443, "http": 80}
THIS_MACHINE = ("localhost", "127.0.0.1")
LONGEST_ORIGIN = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """How to find and reach it."""

    email: str | None = None
    phone: str | None = None
    website: str | None = None
    address: str | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Branding:
    """How it looks. `name` is what messages call it where that is not its own name; colours are #rrggbb."""

    name: str | None = None
    color: str | None = None
    text_color: str | None = None
    logo_url: str | None = None


@dataclass(frozen=True, slots=True)
class Business:
    """One tenant. No `currency` means any, no `languages` all that there are templates for; `origins` as browsers write them."""

    id: UUID
    name: str
    timezone: str
    currency: str | None
    languages: tuple[str, ...]
    on_calendar_failure: OnCalendarFailure
    created_at: datetime
    origins: tuple[str, ...] = ()
    profile: Profile = field(default_factory=Profile)
    branding: Branding = field(default_factory=Branding)


def as_origin(text: str) -> str:
    """The origin as a browser sends it (RFC 6454, 6.2): scheme, host, and the port where it is not the usual one.

    Raises ValueError for what is more or less than that, and for plain http anywhere but on the developer's own machine.
    """
    parts = urlsplit(text)
    host = parts.hostname or ""
    is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password)
    is_host = host.isascii() and bool(host) and not set(host) - set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    if parts.scheme not in PORTS or not is_bare or not is_host or len(text) > LONGEST_ORIGIN:
        raise ValueError("must be an origin such as https://salon.example, without a path")
    if parts.scheme == "http" and host not in THIS_MACHINE:
        raise ValueError("must begin with https://; plain http is for localhost")
    port = "" if parts.port in (None, PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
