"""A business's own settings over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, field_validator

from api.schemas.fields import Answer, Currency, Email, Name, Phone, Request, Zone, plain_text, shown_as
from domain.bookings import OnCalendarFailure
from domain.businesses import Business, as_origin
from domain.templates import Language

MOST_ORIGINS = 20


def _https(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_address = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be an address such as https://salon.example/logo.png")
    return text


def _color(text: str) -> str:
    return text.lower()


HttpsUrl = Annotated[str, Field(max_length=500), AfterValidator(_https), shown_as("uri", maxLength=500, pattern="^https://")]
Color = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(_color)]
Origin = Annotated[
    str, Field(max_length=200), AfterValidator(as_origin), shown_as("uri", maxLength=200, examples=["https://salon.example"])
]
Prose = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(plain_text)]

LINKS = {
    "holidays": "/api/v1/holidays",
    "message_settings": "/api/v1/message-settings",
    "templates": "/api/v1/templates",
    "services": "/api/v1/services",
    "webhook_endpoints": "/api/v1/webhook-endpoints",
    "vendor_accounts": "/api/v1/vendor-accounts",
}


class ProfileChanges(Request):
    """How to find and reach the business; null takes a field away."""

    email: Email | None = None
    phone: Phone | None = None
    website: HttpsUrl | None = None
    address: Prose | None = None
    about: Prose | None = None


class BrandingChanges(Request):
    """How the business looks; null takes a field away. `name` is what messages call it, in place of its own."""

    name: Name | None = None
    color: Color | None = None
    text_color: Color | None = None
    logo_url: HttpsUrl | None = None


class BusinessChanges(Request):
    """What is left out stays as it is (RFC 7396, in `profile` and `branding` too)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "profile": {"email": "hello@salon.example", "phone": "+49 30 901820", "website": "https://salon.example"},
                    "branding": {"name": "Byron's", "color": "#aa2244", "logo_url": "https://salon.example/logo.png"},
                    "origins": ["https://salon.example"],
                }
            ]
        }
    )

    name: Name | None = None
    timezone: Zone | None = Field(None, description="The business's own clock: of its holidays and its limits a day and a week.")
    currency: Currency | None = Field(None, description="That services are priced in from now on; null for any.")
    languages: list[Language] | None = Field(
        None, max_length=10, description="That customers are written to in, others in the business's own; empty for all of ours."
    )
    on_calendar_failure: OnCalendarFailure | None = Field(
        None, description="What becomes of a paid booking whose calendar refuses it; of bookings that are made from now on."
    )
    origins: list[Origin] | None = Field(
        None,
        max_length=MOST_ORIGINS,
        description="Of web pages that may ask from a visitor's browser, as browsers write them.",
    )
    profile: ProfileChanges | None = None
    branding: BrandingChanges | None = None

    @field_validator("name", "timezone", "languages", "on_calendar_failure", "origins", "profile", "branding")
    @classmethod
    def _is_something(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("must not be null; leave it out to keep it as it is")
        return value

    @field_validator("languages", "origins")
    @classmethod
    def _each_once(cls, values: list[str]) -> list[str]:
        return list(dict.fromkeys(values))


class ProfileAnswer(Answer):
    """How to find and reach the business."""

    email: str | None
    phone: str | None
    website: str | None
    address: str | None
    about: str | None


class BrandingAnswer(Answer):
    """How the business looks."""

    name: str | None
    color: str | None
    text_color: str | None
    logo_url: str | None


class BusinessAnswer(Answer):
    """The business's own settings. `links` lead to what is set elsewhere; cancelling and moving are policies of each service."""

    id: UUID
    name: str
    timezone: str
    currency: str | None
    languages: list[Language]
    on_calendar_failure: OnCalendarFailure
    origins: list[str]
    profile: ProfileAnswer
    branding: BrandingAnswer
    created_at: datetime
    links: dict[str, str]

    @classmethod
    def of(cls, business: Business) -> Self:
        """This business for HTTP."""
        return cls(
            id=business.id,
            name=business.name,
            timezone=business.timezone,
            currency=business.currency,
            languages=[Language(one) for one in business.languages],
            on_calendar_failure=business.on_calendar_failure,
            origins=list(business.origins),
            profile=ProfileAnswer.model_validate(business.profile, from_attributes=True),
            branding=BrandingAnswer.model_validate(business.branding, from_attributes=True),
            created_at=business.created_at.astimezone(ZoneInfo(business.timezone)),
            links=LINKS,
        )
