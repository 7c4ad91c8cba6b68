"""The texts that a business sends: one template for each kind of message, channel and language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.messages import Channel, MessageKind


class Language(StrEnum):
    """In what we can write."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    FRENCH = "fr"


@dataclass(frozen=True, slots=True)
class Template:
    """The parts of one message, in Jinja. An SMS is only its `text`; `html` may be left out of an e-mail."""

    text: str
    subject: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class TemplateKey:
    """Which message a template is for."""

    kind: MessageKind
    channel: Channel
    language: Language


VARIABLES = {
    "kind": "The kind of message.",
    "recipient": "Whom it is written to: customer or provider.",
    "name": "The reader's name.",
    "customer": "The customer's name.",
    "provider": "The provider's name.",
    "business": "The business's name.",
    "service": "The service's name.",
    "when": "Day and time of the appointment in the reader's zone, which it names.",
    "previous": "The time before a reschedule, as `when`; may be empty.",
    "until": "When an offer or a request lapses, as `when`; may be empty.",
    "timezone": "The reader's zone.",
    "seats": "How many seats are booked.",
    "price": "What the booking costs; empty where nothing is paid online.",
    "refund": "What is given back; may be empty.",
    "fee": "What is charged for not coming; may be empty.",
    "link": "Where the reader can act; may be empty.",
    "occurrences": "The times of a series, each as `when`; the one thing to loop over.",
    "reference": "The booking's short name. Every SMS ends with it by itself.",
    "details": "All of the above that is known, a line each, with names in the template's language.",
}
"""What a template may use, and what it says."""

TIMELESS = frozenset({MessageKind.NO_SHOW, MessageKind.FOLLOW_UP, MessageKind.APPROVAL_DECLINED})
ASKING = frozenset({MessageKind.WAITLIST_OFFER})


def needed(key: TemplateKey) -> Sequence[frozenset[str]]:
    """What the reader must be told: of each set the text has to use one."""
    wanted = []
    if key.kind not in TIMELESS:
        wanted.append({"when"})
    if key.kind in ASKING:
        wanted.append({"link"})
    if key.kind is MessageKind.SERIES and key.channel is Channel.EMAIL:
        wanted.append({"occurrences"})
    return [frozenset(one | {"details"}) if key.channel is Channel.EMAIL else frozenset(one) for one in wanted]


def language_of(*tags: str) -> tuple[Language, str]:
    """The first of these BCP 47 tags whose language we can write, and the tag itself, which says how dates look; else English."""
    for tag in tags:
        prefix = tag.replace("_", "-").partition("-")[0].lower()
        if prefix in frozenset(Language):
            return Language(prefix), tag
    return Language.ENGLISH, "en"
