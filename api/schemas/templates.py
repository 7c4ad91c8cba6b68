"""Messages' templates over HTTP."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from api.schemas.fields import Answer, Request, shown_as
from domain.messages import Channel, MessageKind, Recipient
from domain.sms import SmsLength
from domain.templates import VARIABLES, Language, Template, TemplateKey


def _source(text: str) -> str:
    if any(
        (ord(char) < 32 and char not in "\n\r\t") or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in text
    ):
        raise ValueError("must not contain control characters other than line breaks and tabs")
    if not text.strip():
        raise ValueError("must not be blank")
    return text.replace("\r\n", "\n").replace("\r", "\n")


Subject = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_source), shown_as(minLength=1, maxLength=500)]
Text = Annotated[str, Field(min_length=1, max_length=10_000), AfterValidator(_source), shown_as(minLength=1, maxLength=10_000)]
Html = Annotated[str, Field(min_length=1, max_length=40_000), AfterValidator(_source), shown_as(minLength=1, maxLength=40_000)]


class NewTemplate(Request):
    """A message in Jinja: `{{ name }}`, `{% if link %} … {% endif %}`, and `{% for time in occurrences %}` as its only loop.

    An SMS has only a `text`, and ends with the booking's reference by itself. In `html` every value is escaped.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"subject": "See you soon", "text": "Hello {{ name }},\n\nwe expect you {{ when }}.\n\n{{ details }}"}]
        }
    )

    subject: Subject | None = Field(None, description="Needed for an e-mail.")
    text: Text
    html: Html | None = Field(None, description="The e-mail is sent as plain text where it is left out.")

    def as_template(self) -> Template:
        """The template these fields describe."""
        return Template(self.text, self.subject, self.html)


class Preview(Request):
    """Which message to show. Without `text` the one in use is shown; without `booking_id` it is about a made-up booking."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "reminder", "channel": "sms", "language": "de", "text": "Bis bald: {{ when }}"}]}
    )

    kind: MessageKind
    channel: Channel
    language: Language
    recipient: Recipient = Recipient.CUSTOMER
    subject: Subject | None = None
    text: Text | None = None
    html: Html | None = None
    booking_id: UUID | None = None

    @property
    def key(self) -> TemplateKey:
        """Which template it is."""
        return TemplateKey(self.kind, self.channel, self.language)


class TemplateAnswer(Answer):
    """A template as it is in use; `is_own` tells a business's own from the one that ships with the release."""

    kind: MessageKind
    channel: Channel
    language: Language
    is_own: bool
    subject: str | None
    text: str
    html: str | None

    @classmethod
    def of(cls, key: TemplateKey, template: Template, *, is_own: bool) -> Self:
        """This template for HTTP."""
        return cls(
            kind=key.kind,
            channel=key.channel,
            language=key.language,
            is_own=is_own,
            subject=template.subject,
            text=template.text,
            html=template.html,
        )


class TemplateName(Answer):
    """Which message a template is for."""

    kind: MessageKind
    channel: Channel
    language: Language


class TemplatesAnswer(Answer):
    """The templates that the business has replaced, and what a template may use."""

    own: list[TemplateName]
    variables: dict[str, str] = VARIABLES

    @classmethod
    def of(cls, own: list[TemplateKey]) -> Self:
        """These templates for HTTP."""
        return cls(own=[TemplateName(kind=key.kind, channel=key.channel, language=key.language) for key in own])


class SmsAnswer(Answer):
    """How a text is charged: `segments` parts, in the 7-bit alphabet or, with any other character in it, in UCS-2."""

    encoding: str
    characters: int
    segments: int


class PreviewAnswer(Answer):
    """The message with everything filled in. `sms` measures a text."""

    subject: str | None
    text: str
    html: str | None
    sms: SmsAnswer | None

    @classmethod
    def of(cls, text: str, subject: str | None, html: str | None, length: SmsLength | None) -> Self:
        """This message for HTTP."""
        measured = SmsAnswer(encoding=length.encoding, characters=length.characters, segments=length.segments) if length else None
        return cls(subject=subject, text=text, html=html, sms=measured)
