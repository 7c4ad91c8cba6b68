"""How a business writes to people, over HTTP."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator

from api.schemas.fields import Answer, Locale, Request, shown_as
from api.schemas.providers import Clock
from api.schemas.times import write_clock
from domain.reminders import MessageSettings, QuietHours
from domain.templates import Language

MIDNIGHT = 24 * 60


def _we_can_write(tag: str) -> str:
    if tag.partition("-")[0].lower() not in frozenset(Language):
        raise ValueError(f"must be a language that there are templates for: {', '.join(Language)}, as in de or de-AT")
    return tag


OurLocale = Annotated[
    Locale,
    AfterValidator(_we_can_write),
    shown_as(maxLength=35, pattern="^(en|de|es|fr)(-[A-Za-z0-9]{1,8})*$", examples=["de-AT"]),
]


class QuietSpan(Request):
    """From when until when, in wall time of the customer's zone; 21:00 to 08:00 passes midnight."""

    start: Clock
    end: Clock

    @field_validator("end")
    @classmethod
    def _is_a_span(cls, end: int, info: ValidationInfo) -> int:
        if "start" in info.data and info.data["start"] % MIDNIGHT == end % MIDNIGHT:
            raise ValueError("must differ from start")
        return end


class NewMessageSettings(Request):
    """A reminder that falls into the quiet hours is sent at their start, or not at all where that has passed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"locale": "de-AT", "quiet_hours": {"start": "21:00", "end": "08:00"}}]}
    )

    locale: OurLocale = Field("en", description="For providers, and for customers whose own language has no templates.")
    quiet_hours: QuietSpan | None = None

    def as_settings(self) -> MessageSettings:
        """The settings these fields describe."""
        quiet = self.quiet_hours
        return MessageSettings(self.locale, QuietHours(quiet.start % MIDNIGHT, quiet.end % MIDNIGHT) if quiet else None)


class QuietSpanAnswer(Answer):
    """From when until when, in wall time of the customer's zone."""

    start: str
    end: str


class MessageSettingsAnswer(Answer):
    """How the business writes to people."""

    locale: str
    quiet_hours: QuietSpanAnswer | None

    @classmethod
    def of(cls, settings: MessageSettings) -> Self:
        """These settings for HTTP."""
        quiet = settings.quiet_hours
        span = QuietSpanAnswer(start=write_clock(quiet.since), end=write_clock(quiet.until)) if quiet else None
        return cls(locale=settings.locale, quiet_hours=span)
