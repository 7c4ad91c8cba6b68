"""The words that a business sends: its own templates in place of ours."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from activities.linting import faults_in
from activities.samples import SAMPLE, reading, sample_topic
from activities.wording import packaged, sms_text, written_as
from api.auth import requires
from api.conditions import IfUnchanged
from api.openapi import BODY, problems
from api.problems import Problem, invalid
from api.requests import JsonOnly
from api.schemas.templates import NewTemplate, Preview, PreviewAnswer, TemplateAnswer, TemplatesAnswer
from api.wiring import Wired
from domain.bookings import BookingRef
from domain.errors import NotFound
from domain.messages import Channel, MessageKind
from domain.people import Permission
from domain.sms import length_of
from domain.templates import Language, Template, TemplateKey
from store.appointments import read_appointment
from store.conditions import alone_with
from store.pool import Database
from store.templates import drop_template, find_template, list_templates, save_template

routes = APIRouter(
    prefix="/api/v1/templates",
    tags=["messages"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.SETTINGS_READ)]
Writes = Annotated[UUID, requires(Permission.SETTINGS_WRITE)]

ADDRESS = "templates"
ONE = "/{kind}/{channel}/{language}"


@routes.get("", summary="List the replaced templates")
async def list_templates_route(wired: Wired, business_id: Reads) -> TemplatesAnswer:
    """Which messages the business says in its own words, and what a template may use."""
    return TemplatesAnswer.of(await list_templates(wired.pool, business_id))


@routes.post("/preview", summary="Show a message", responses=problems(*BODY))
async def preview_template(wired: Wired, business_id: Reads, body: Preview) -> PreviewAnswer:
    """Fills a template in as it would be sent; nothing is sent or kept. What is wrong with a template is said as on saving it."""
    template = await _shown(wired, business_id, body)
    appointment = SAMPLE
    if body.booking_id is not None:
        try:
            appointment = await read_appointment(wired.pool, BookingRef(business_id, body.booking_id))
        except NotFound:
            raise invalid("/booking_id", "names no booking of this business") from None
    topic, reader = sample_topic(body.kind, appointment), reading(appointment, body.recipient, body.language)
    if body.channel is Channel.SMS:
        text = sms_text(topic, reader, template)
        return PreviewAnswer.of(text, None, None, length_of(text))
    written = written_as(topic, reader, body.channel, template)
    return PreviewAnswer.of(written.text, written.subject, written.html, None)


@routes.get(ONE, summary="Show a template")
async def show_template(
    wired: Wired, business_id: Reads, kind: MessageKind, channel: Channel, language: Language
) -> TemplateAnswer:
    """The business's own, or the release's where it has none."""
    return await _template(wired.pool, business_id, TemplateKey(kind, channel, language))


@routes.put(ONE, summary="Replace a template", responses=problems(*BODY))
async def put_template(
    wired: Wired,
    business_id: Writes,
    kind: MessageKind,
    channel: Channel,
    language: Language,
    body: NewTemplate,
    seen: IfUnchanged,
) -> TemplateAnswer:
    """Holds for messages sent from now on. An unknown variable, a mistake or a missing time is refused with its line."""
    key, template = TemplateKey(kind, channel, language), body.as_template()
    async with alone_with(wired.pool, business_id, ADDRESS, key) as connection:
        seen.check(await _template(connection, business_id, key))
        _check(key, template)
        await save_template(connection, business_id, key, template)
    return TemplateAnswer.of(key, template, is_own=True)


@routes.delete(ONE, status_code=204, summary="Go back to the release's template")
async def delete_template(
    wired: Wired, business_id: Writes, kind: MessageKind, channel: Channel, language: Language, seen: IfUnchanged
) -> None:
    """Also fine where there is none of the business's own."""
    key = TemplateKey(kind, channel, language)
    async with alone_with(wired.pool, business_id, ADDRESS, key) as connection:
        seen.check(await _template(connection, business_id, key))
        await drop_template(connection, business_id, key)


async def _template(database: Database, business_id: UUID, key: TemplateKey) -> TemplateAnswer:
    own = await find_template(database, business_id, key)
    return TemplateAnswer.of(key, own or packaged(key), is_own=own is not None)


async def _shown(wired: Wired, business_id: Writes, body: Preview) -> Template:
    if body.text is None:
        for part in ("subject", "html"):
            if getattr(body, part) is not None:
                raise invalid("/text", f"is needed beside {part}")
        return await find_template(wired.pool, business_id, body.key) or packaged(body.key)
    template = Template(body.text, body.subject, body.html)
    _check(body.key, template)
    return template


def _check(key: TemplateKey, template: Template) -> None:
    """Raises Problem with each fault at its field."""
    if faults := faults_in(key, template):
        errors = [{"pointer": f"/{fault.part}", "detail": fault.detail} for fault in faults[:50]]
        raise Problem("invalid-request", f"{errors[0]['pointer']} {errors[0]['detail']}", errors)
