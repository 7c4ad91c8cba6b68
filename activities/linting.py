"""Looks a template over before a business may use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from activities.rendering import flaws, names_in
from activities.samples import SAMPLE, reading, sample_topic
from activities.wording import sms_text
from domain.messages import Channel, Recipient
from domain.sms import LONGEST, length_of
from domain.templates import Template, TemplateKey, needed


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one part of a template: `subject`, `text` or `html`."""

    part: str
    detail: str


def faults_in(key: TemplateKey, template: Template) -> list[Fault]:
    """Why this cannot be the business's template for this message; empty when it can."""
    return [*_misplaced(key, template)] or [*_broken(template)] or [*_lacking(key, template), *_too_long(key, template)]


def _misplaced(key: TemplateKey, template: Template) -> Iterator[Fault]:
    is_email = key.channel is Channel.EMAIL
    if is_email and template.subject is None:
        yield Fault("subject", "is needed for an e-mail")
    for part, source in (("subject", template.subject), ("html", template.html)):
        if not is_email and source is not None:
            yield Fault(part, "must be left out of an SMS")


def _broken(template: Template) -> Iterator[Fault]:
    for part, source in (("subject", template.subject), ("text", template.text), ("html", template.html)):
        for flaw in flaws(source) if source is not None else ():
            yield Fault(part, f"line {flaw.line}: {flaw.detail}")


def _lacking(key: TemplateKey, template: Template) -> Iterator[Fault]:
    for part, source in (("text", template.text), ("html", template.html)):
        used = names_in(source) if source is not None else None
        for choice in needed(key) if used is not None else ():
            if not choice & (used or frozenset()):
                yield Fault(part, f"must say {' or '.join(sorted(choice))}")


def _too_long(key: TemplateKey, template: Template) -> Iterator[Fault]:
    """Measured with a made-up booking, since names are as long as they are."""
    if key.channel is Channel.EMAIL:
        return
    said = sms_text(sample_topic(key.kind), reading(SAMPLE, Recipient.CUSTOMER, key.language), template)
    if len(said) >= LONGEST:
        yield Fault("text", f"is {length_of(said).segments} parts long; an SMS has {LONGEST} characters at most")
