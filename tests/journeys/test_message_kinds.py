"""Every kind of message reaches the people of a booking in their language, and what the carriers say of it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from temporalio.testing import ActivityEnvironment

from activities.messages import MessageActivities, SendMessage
from domain.messages import MessageKind, Recipient
from domain.templates import Language
from gateways.chosen import choose
from sandbox.faults import Mode
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import Salon, Visit, open_salon
from tests.waiting import until
from workflows.reminders import RemindersSweepWorkflow

HELLO = {Language.ENGLISH: "Hello", Language.GERMAN: "Guten Tag", Language.SPANISH: "Hola", Language.FRENCH: "Bonjour"}


@pytest.fixture(scope="module")
async def told_system(engines: Engines) -> AsyncIterator[Deployment]:
    """A system whose carrier tells it what becomes of each text."""
    async with deployed(engines, f"told-{uuid4().hex}", has_status=True) as deployment:
        yield deployment


@pytest.fixture
async def told_salon(told_system: Deployment) -> AsyncIterator[Salon]:
    yield await open_salon(told_system)
    await told_system.tidy_up()


async def log_of(visit: Visit) -> dict[tuple[str, str], str]:
    """The delivery log, as the API shows it."""
    items = (await visit._get("/messages"))["items"]
    return {(item["message"], item["channel"]): item["state"] for item in items}


@pytest.mark.parametrize("language", Language)
async def test_each_kind_reaches_the_outbox_in_each_language(salon: Salon, language: Language) -> None:
    customer = {"name": "Ada", "email": f"{uuid4().hex}@example.com", "phone": "+4930901820", "locale": language.value}
    visit = await salon.hold(customer=customer | {"timezone": "America/New_York"})
    system = salon.deployment
    gateways = choose(system.settings)
    messages = MessageActivities(system.pool, gateways.email, gateways.sms)
    for kind in MessageKind:
        message = SendMessage(visit.ref, kind, Recipient.CUSTOMER)
        for _ in range(2):  # the second finds that it was done
            await ActivityEnvironment().run(messages.send_email, message)
            await ActivityEnvironment().run(messages.send_sms, message)
    sent = await system.vendors.messages(visit.id, visit.email)
    emails = [one for one in sent if one["channel"] == "email"]
    assert (len(MessageKind), len(MessageKind)) == (len(emails), len(sent) - len(emails))
    assert len(MessageKind) == len({email["subject"] for email in emails})
    assert all(HELLO[language] in email["text"] and "Ada" in email["html"] for email in emails)
    assert all("03:00 (America/New_York)" in one["text"] for one in sent)
    assert 5 == sum(email["ics"] is not None for email in emails)
    assert {(kind.value, channel) for kind in MessageKind for channel in ("email", "sms")} == (await log_of(visit)).keys()


async def test_a_businesss_own_words_reach_the_customer(salon: Salon) -> None:
    own = {"subject": "Ahoy {{ name }}", "text": "See you {{ when }}", "html": "<h1>{{ name }}</h1>{{ details }}"}
    (await salon.shop.put("/templates/confirmation/email/en", own)).raise_for_status()
    visit = await salon.hold()
    await visit.confirm()
    await visit.is_told("notification_sent", times=2)
    (email,) = [one for one in await salon.deployment.vendors.messages(visit.id, visit.email) if one["channel"] == "email"]
    assert ("Ahoy Grace Hopper", True) == (email["subject"], email["html"].startswith("<h1>Grace Hopper</h1><table>"))


async def test_what_becomes_of_a_text_is_told_on_the_timeline(told_salon: Salon) -> None:
    """C39."""
    visit = await told_salon.hold()
    await visit.confirm()
    await visit.is_told("notification_delivered")
    timeline = await visit.timeline()
    assert timeline.index("notification_sent") < timeline.index("notification_delivered")
    assert {("confirmation", "email"): "sent", ("confirmation", "sms"): "delivered"} == await log_of(visit)


async def test_a_text_that_never_arrives_is_told_and_the_booking_stands(told_salon: Salon) -> None:
    """C32."""
    await told_salon.deployment.vendors.fail("twilio", "deliver", Mode.DECLINE)
    visit = await told_salon.hold()
    await visit.confirm()
    await visit.is_told("notification_undelivered")
    assert ("confirmed", "undelivered") == (await visit.status(), (await log_of(visit))[("confirmation", "sms")])


async def test_news_that_come_twice_are_told_once(told_salon: Salon) -> None:
    await told_salon.deployment.vendors.fail("twilio", "callback", Mode.DUPLICATE, times=2)
    visit = await told_salon.hold()
    await visit.confirm()
    await visit.is_told("notification_delivered")
    await until(told_salon.deployment.vendors.used_up)
    assert 1 == (await visit.timeline()).count("notification_delivered")


async def test_mail_that_fails_leaves_the_booking_fine_and_is_told(salon: Salon) -> None:
    """C32: no e-mail, and the booking looked fine."""
    await salon.deployment.vendors.fail_for_good("smtp", "send", Mode.ERROR_500)
    visit = await salon.hold()
    assert 200 == (await visit.confirm()).status_code
    await visit.is_told("trouble")
    assert "confirmed" == await visit.status()
    assert {("confirmation", "email"): "queued", ("confirmation", "sms"): "sent"} == await log_of(visit)


async def test_a_cancel_leaves_nothing_to_remind_of(salon: Salon) -> None:
    """C38: a reminder for a cancelled booking."""
    system = salon.deployment
    await system.pool.execute("UPDATE services SET reminder_minutes = '{60}' WHERE business_id = $1", salon.business_id)
    kept, gone = await salon.hold(), None
    await kept.confirm()
    other = await open_salon(system, reminder_minutes=[60])
    gone = await other.hold()
    await gone.confirm()
    assert 200 == (await gone.cancel()).status_code
    await system.pool.execute(
        "UPDATE reminders SET due_at = now() WHERE business_id = ANY($1::uuid[])", [salon.business_id, other.business_id]
    )
    await system.temporal.execute_workflow(
        RemindersSweepWorkflow.run, id=f"sweep-{uuid4().hex}", task_queue=system.settings.task_queue
    )

    async def is_reminded() -> bool:
        return ("reminder-60", "email") in await log_of(kept)

    await until(is_reminded)
    assert not [name for name, _ in await log_of(gone) if name.startswith("reminder")]
