"""Reminders and webhooks: each sweep, and what may become of what it starts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from domain.reminders import Reminder
from domain.webhooks import DeliveryState
from store import webhook_log
from tests.fakes import Fault
from tests.histories.ground import Ground, Play, Story, all_of, come_to_rest, with_system
from tests.waiting import until
from tests.workflows import test_people_mails, test_reminders, test_webhooks
from tests.workflows.system import System
from tests.workflows.test_webhooks import Told, telling_system
from workflows.webhooks import WebhooksTidyWorkflow

FOR_GOOD = -1


def remind(act: Callable[[System], Awaitable[None]]) -> Play:
    async def with_reminders(system: System) -> None:
        await system.pool.execute("UPDATE services SET reminder_minutes = '{600, 300}'")
        await act(system)

    return with_system(with_reminders)


async def carrier_away(system: System) -> None:
    await test_reminders.confirmed(system)
    system.email.fail(times=FOR_GOOD)
    await test_reminders.sweep(system)
    await until(lambda: len(system.sms.sent) == 3)


async def first_try_fails(system: System) -> None:
    """Not for its carriers: the step itself breaks."""
    await test_reminders.confirmed(system)
    system.email.faults.planned["send"] = Fault(lambda: RuntimeError("broken"), 2)
    await test_reminders.sweep(system)
    await until(lambda: min(len(system.email.sent), len(system.sms.sent)) >= 3)


async def cancelled_by_operator(system: System) -> None:
    """Cancelled while its carriers are away, it is not sent any more."""
    booking = await test_reminders.confirmed(system)
    system.email.fail(times=FOR_GOOD)
    system.sms.fail(times=FOR_GOOD)
    await test_reminders.sweep(system)
    await until(lambda: len(system.email.faults.calls) >= 4)
    for minutes in (600, 300):
        await system.client.get_workflow_handle(Reminder(booking, minutes).workflow_id).cancel()


async def nothing_due(system: System) -> None:
    await test_reminders.sweep(system)


def tell(act: Callable[[Told], Awaitable[None]], *, retry_seconds: str = "0.2,0.3", is_prompt: bool = True) -> Play:
    async def play(ground: Ground) -> None:
        address, temporal, pool = ground.database_url, ground.temporal_address, ground.pool
        system = telling_system(address, temporal, pool, is_prompt=is_prompt, retry_seconds=retry_seconds, payload_key=None)
        async with system as told:
            await act(told)
            await come_to_rest(told.system)

    return play


async def waits_for_next_try(told: Told) -> None:
    receiver, endpoint = await told.receiver("booking.held")
    receiver.answers = [500]
    await told.hold()
    await until(lambda: told.was_tried(endpoint))


async def waits_for_answer(told: Told) -> None:
    """Longer than the story lasts."""
    receiver, _ = await told.receiver("booking.held")
    receiver.hangs = True
    await told.hold()
    await receiver.gets(1)


async def swept(told: Told) -> None:
    receiver, endpoint = await told.receiver("booking.held")
    await told.hold()
    await test_webhooks.sweep(told)
    await receiver.gets(1)
    await told.comes_to(endpoint, DeliveryState.DELIVERED)


async def replaced(told: Told) -> None:
    """Its replay takes the place of what waits for its next try; the old one looks, and ends."""
    receiver, endpoint = await told.receiver("booking.held")
    receiver.answers = [500]
    await told.hold()
    await until(lambda: told.was_tried(endpoint))
    (delivery,) = await told.deliveries()
    async with told.system.pool.acquire() as connection, connection.transaction():
        await webhook_log.replay(connection, told.business_id, endpoint, delivery.id)
    await told.comes_to(endpoint, DeliveryState.REPLACED, DeliveryState.DELIVERED)
    await until(told.is_over)


async def tidied(system: System) -> None:
    queue = system.settings.task_queue
    await system.client.execute_workflow(WebhooksTidyWorkflow.run, id=f"tidy-{queue}", task_queue=queue)


async def people_told(system: System) -> None:
    await test_people_mails.ask_for_mails(system)
    await test_people_mails.send_all(system)


STORIES: list[Story] = [
    *all_of("PeopleMailsWorkflow", {"sent": with_system(people_told)}),
    *all_of(
        "RemindersSweepWorkflow",
        {"swept": remind(test_reminders.test_what_is_due_is_sent_by_every_channel), "nothing-due": remind(nothing_due)},
    ),
    *all_of(
        "ReminderWorkflow",
        {
            "sent": remind(test_reminders.test_what_is_due_is_sent_by_every_channel),
            "ended-while-retried": remind(test_reminders.test_none_is_sent_for_a_booking_that_ends_while_it_is_retried),
            "sent-after-carrier-was-away": remind(test_reminders.test_a_failing_channel_keeps_none_of_the_others_waiting),
            "sent-after-first-try-failed": remind(first_try_fails),
            "cancelled-by-operator": remind(cancelled_by_operator),
            "open-carrier-away": remind(carrier_away),
        },
    ),
    *all_of("WebhooksSweepWorkflow", {"swept": tell(swept, is_prompt=False)}),
    *all_of("WebhooksTidyWorkflow", {"tidied": with_system(tidied)}),
    *all_of(
        "WebhookWorkflow",
        {
            "delivered-in-order": tell(test_webhooks.test_a_bookings_story_is_told_in_order_and_soon),
            "retried": tell(test_webhooks.test_what_fails_is_tried_again_under_the_same_id_with_the_same_body),
            "given-up": tell(test_webhooks.test_an_endpoint_that_never_takes_anything_is_disabled_and_the_business_is_told_so),
            "gone": tell(test_webhooks.test_an_endpoint_that_says_410_is_disabled_at_once),
            "endpoint-dropped": tell(test_webhooks.test_a_dropped_endpoint_ends_what_is_on_its_way),
            "replaced": tell(replaced, retry_seconds="2"),
            "open-between-tries": tell(waits_for_next_try, retry_seconds="3600,3600"),
            "open-trying": tell(waits_for_answer),
        },
    ),
]
