"""The kinds of fields that requests are made of; each refuses with a reason that a person can act on."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import email_validator
import phonenumbers
from babel.core import get_global
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from api.schemas.times import read_date, read_instant
from domain.times import zone_names

WEEK, YEAR = 7 * 24 * 60, 366 * 24 * 60
"""In minutes, the longest of each."""

PLAIN_LOCAL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*", re.ASCII)
"""What stands before most people's @, and means what it says: nothing to quote, to normalise or to write in small letters."""


class Request(BaseModel):
    """A body that knows all its fields: an unknown one is a mistake, not something to drop silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """A body that we send."""

    model_config = ConfigDict(frozen=True)


def plain_text(text: str) -> str:
    """Printable text without leading or trailing space."""
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for char in text):
        raise ValueError("must not contain control characters or characters that do not exist")
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


def _email(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if PLAIN_LOCAL.fullmatch(local) and _stays_as_it_is(domain):
        return text
    try:
        return email_validator.validate_email(text, check_deliverability=False).normalized
    except email_validator.EmailNotValidError as fault:
        raise ValueError(f"is not an e-mail address: {fault}") from None


@lru_cache(maxsize=4096)
def _stays_as_it_is(domain: str) -> bool:
    """Whether an address at this domain is valid as it is written, its local part being plain. Most people's domains are few, and
    to judge one takes as long as the rest of a booking's fields."""
    try:
        return domain.isascii() and email_validator.validate_email(f"a@{domain}", check_deliverability=False).domain == domain
    except email_validator.EmailNotValidError:
        return False


def _phone(text: str) -> str:
    """Checked for a possible length, not against the ranges in use: those open faster than libraries are updated."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValueError("must be an international phone number such as +49 30 901820")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _zone(name: str) -> str:
    if name not in zone_names():
        raise ValueError("must be an IANA time zone such as Europe/Berlin")
    return name


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    territories: dict[str, list[tuple[str, Any, Any, bool]]] = get_global("territory_currencies")  # type: ignore[assignment] # babel types only some of its tables
    return frozenset(code for uses in territories.values() for code, _, until, tender in uses if until is None and tender)


def _currency(code: str) -> str:
    if code not in _currencies():
        raise ValueError("must be a currency in use (ISO 4217) such as EUR")
    return code


def _locale(tag: str) -> str:
    subtags = tag.split("-")
    if not all(1 <= len(subtag) <= 8 and subtag.isascii() and subtag.isalnum() for subtag in subtags):
        raise ValueError("must be a language tag (BCP 47) such as en or de-AT")
    if not subtags[0].isalpha() or len(subtags[0]) < 2:
        raise ValueError("must be a language tag (BCP 47) such as en or de-AT")
    return tag


def shown_as(schema_format: str | None = None, **more: Any) -> WithJsonSchema:
    """How a text field looks in the API's description."""
    return WithJsonSchema({"type": "string", **({"format": schema_format} if schema_format else {}), **more})


Integer = Annotated[int, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Name = Annotated[
    str,
    Field(min_length=1, max_length=200),
    AfterValidator(plain_text),
    shown_as(minLength=1, maxLength=200, pattern=r"^[^\u0000-\u001f\u007f-\u009f]*\S[^\u0000-\u001f\u007f-\u009f]*$"),
]
ExternalId = Annotated[
    Name, Field(description="What another system calls it; no two of a kind in a business have the same.", examples=["crm-4711"])
]
Email = Annotated[str, Field(max_length=254), AfterValidator(_email), shown_as("email", maxLength=254)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(_phone), shown_as(maxLength=40, examples=["+49 30 901820"])]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone), shown_as(maxLength=64, examples=["Europe/Berlin"])]
Currency = Annotated[str, Field(max_length=3), AfterValidator(_currency), shown_as(pattern="^[A-Z]{3}$", examples=["EUR"])]
Locale = Annotated[str, Field(max_length=35), AfterValidator(_locale), shown_as(maxLength=35, examples=["de-AT"])]
Instant = Annotated[datetime, BeforeValidator(read_instant), shown_as("date-time", examples=["2027-03-08T09:00:00+01:00"])]
Day = Annotated[date, BeforeValidator(read_date), shown_as("date", examples=["2027-03-08"])]


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """The instant as the clock in this zone shows it, offset included."""
    return at.astimezone(zone)
