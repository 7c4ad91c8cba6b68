"""Runs the worker: builds gateways, store and activities, polls Temporal, and stops gracefully."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.approvals import ApprovalActivities
from activities.bookings import BookingActivities
from activities.calendars import CalendarActivities
from activities.cancellations import CancellationActivities
from activities.charges import ChargeActivities
from activities.errors import AnswersInterceptor
from activities.links import MessageLinks
from activities.messages import MessageActivities
from activities.no_shows import NoShowActivities
from activities.operations import OperationActivities
from activities.payments import PaymentActivities
from activities.people_mails import PeopleMailActivities
from activities.reconciliation import ReconciliationActivities
from activities.refunds import RefundActivities
from activities.reminders import ReminderActivities
from activities.renewals import RenewalActivities
from activities.rescheduling import RescheduleActivities
from activities.series import OccurrencePaymentActivities, SeriesActivities
from activities.tenants import TenantsInterceptor
from activities.waitlist import WaitlistActivities
from activities.webhooks import WebhookActivities
from api.schemas.webhooks import render
from domain.gateways import Gateways
from domain.payments import PaymentGateway
from domain.webhooks import queue_of
from gateways.chosen import choose, with_own
from gateways.webhooks import HttpWebhooks
from settings import BadSettings, PaymentsVendor, Settings
from store import one_time_tokens, waitlist_line, webhook_deliveries
from store.logins import Part, WrongLogin, check_login
from store.one_time_tokens import Purpose
from store.pool import open_pool, open_tenant_pool
from store.sealing import deployments_vault
from store.vendor_accounts import StoredAccounts
from temporal.client import connect, measured
from temporal.deadlines import DeadlinesInterceptor
from temporal.heartbeats import HeartbeatsInterceptor
from temporal.waitlist import wake_waitlists
from temporal.webhooks import PEOPLE_MAILS, start_sweeps
from workflows.appointment import AppointmentWorkflow
from workflows.booking import BookingWorkflow
from workflows.kept_series import KeptSeriesWorkflow
from workflows.messages import KeepWaitlist, Patience
from workflows.people_mails import PeopleMailsWorkflow
from workflows.reconciliation import ReconciliationWorkflow
from workflows.reminders import RemindersSweepWorkflow, ReminderWorkflow
from workflows.series import SeriesWorkflow
from workflows.waitlist import WaitlistOfferWorkflow, WaitlistWorkflow
from workflows.webhooks import WebhooksSweepWorkflow, WebhooksTidyWorkflow, WebhookWorkflow

log = logging.getLogger("slotkeeper.worker")

STEWARDS = 4  # connections: sweeps work one after the other

WORKFLOWS: Sequence[type] = (
    BookingWorkflow, AppointmentWorkflow, SeriesWorkflow, KeptSeriesWorkflow, RemindersSweepWorkflow, ReminderWorkflow,
    WaitlistWorkflow, WaitlistOfferWorkflow, WebhooksSweepWorkflow, WebhookWorkflow, WebhooksTidyWorkflow,
    ReconciliationWorkflow, PeopleMailsWorkflow,
)  # fmt: skip

# What workflow modules may import as it is; the rest is reloaded for each workflow by Temporal's sandbox.
PASSED_THROUGH = (
    "activities", "asyncpg", "babel", "checker", "domain", "icalendar", "jinja2", "pydantic", "store", "temporal", "uuid_utils",
)  # fmt: skip


def activities(settings: Settings, pool: asyncpg.Pool, steward: asyncpg.Pool, gateways: Gateways) -> list[Callable[..., Any]]:
    """All activities of this worker, with these vendors and, before them, the businesses' own. Only what works over all
    businesses gets the steward's pool, and mail about people's accounts is always the deployment's."""
    own = with_own(settings, gateways, StoredAccounts(pool))
    over_all = with_own(settings, gateways, StoredAccounts(steward))
    booking, reminder, moving = BookingActivities(pool), ReminderActivities(pool, steward), RescheduleActivities(pool)
    operation, reconciling = OperationActivities(pool), ReconciliationActivities(steward, over_all.payments)
    calendar = CalendarActivities(pool, own.calendar, settings.calendar.value)
    secret = settings.token_secret.get_secret_value()
    links = MessageLinks(pool, settings.change_page, secret, settings.approval_page, settings.offer_page)
    messages = MessageActivities(pool, own.email, own.sms, links)
    payment, refund = PaymentActivities(pool, own.payments, PaymentsVendor.STRIPE.value), RefundActivities(pool, own.payments)
    charge, renewal = ChargeActivities(pool, own.payments), RenewalActivities(pool, own.payments)
    approval = ApprovalActivities(pool)
    return [
        booking.hold_slot,
        booking.begin_confirmation,
        booking.return_to_hold,
        booking.secure_claim,
        booking.confirm_booking,
        booking.close_booking,
        booking.complete_booking,
        booking.tell_trouble,
        operation.note_operation,
        operation.skip_step,
        operation.settle_step,
        operation.request_refund,
        operation.prepare_resend,
        CancellationActivities(pool).cancel_booking,
        CancellationActivities(pool).undo_booking,
        NoShowActivities(pool).mark_no_show,
        approval.ask_for_approval,
        approval.decide_approval,
        moving.reserve_new_time,
        moving.give_back_new_time_if_reserved,
        moving.make_move,
        calendar.write_calendar_event,
        calendar.delete_calendar_event_if_written,
        messages.send_email,
        messages.send_sms,
        messages.remind,
        messages.try_message,
        reminder.start_due_reminders,
        reminder.read_reminder_deadline,
        reminder.drop_reminder,
        payment.authorise_payment,
        payment.check_payment,
        payment.capture_payment,
        payment.void_payment_if_made,
        renewal.renew_payment,
        renewal.check_renewal,
        renewal.void_replaced_payment,
        renewal.void_renewals_if_made,
        refund.give_back,
        charge.charge_saved_method,
        charge.undo_charge_if_made,
        reconciling.reconcile_bookings,
        reconciling.reconcile_vendor,
        reconciling.show_reconciliation,
        *series_activities(pool, own.payments),
        WaitlistActivities(pool, secret).find_offer,
        PeopleMailActivities(steward, gateways.email, secret, mail_pages(settings)).send_people_mails,
        *webhook_activities(settings, pool, steward),
    ]


def mail_pages(settings: Settings) -> dict[Purpose, str | None]:
    """Where the links in mails to people lead."""
    return {Purpose.VERIFY: settings.verify_page, Purpose.RESET: settings.reset_page, Purpose.INVITE: settings.invite_page}


def series_activities(pool: asyncpg.Pool, payments: PaymentGateway) -> list[Callable[..., Any]]:
    """Those of bookings that repeat."""
    series, payment = SeriesActivities(pool), OccurrencePaymentActivities(pool, payments, PaymentsVendor.STRIPE.value)
    return [
        series.hold_series,
        series.begin_series,
        series.return_series_to_hold,
        series.secure_series,
        series.confirm_series,
        series.close_series,
        series.release_unpaid,
        payment.charge_occurrence,
        payment.undo_occurrence_charge_if_made,
    ]


def webhook_activities(settings: Settings, pool: asyncpg.Pool, steward: asyncpg.Pool) -> list[Callable[..., Any]]:
    """Those that tell businesses' own systems."""
    gateway = HttpWebhooks(may_be_local=settings.webhook_may_be_local)
    webhook = WebhookActivities(pool, steward, gateway, render, settings.webhook_retry_seconds)
    return [
        webhook.find_due_webhooks,
        webhook.mark_webhooks_started,
        webhook.send_webhook,
        webhook.forget_old_webhooks,
    ]


def sandboxed() -> WorkflowRunner:
    """Runs workflow code in Temporal's sandbox, which refuses what is not deterministic."""
    return SandboxedWorkflowRunner(SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))


def build_worker(settings: Settings, client: Client, pool: asyncpg.Pool, steward: asyncpg.Pool, gateways: Gateways) -> Worker:
    """The product's worker, with these vendors."""
    return tuned_worker(settings, client, WORKFLOWS, activities(settings, pool, steward, gateways))


@asynccontextmanager
async def telling(settings: Settings, client: Client, pool: asyncpg.Pool, steward: asyncpg.Pool) -> AsyncIterator[None]:
    """Posts webhooks beside the worker, on a task queue and in slots of their own, and starts them, and
    mails to people, soon after each commit."""
    own = settings.model_copy(update={"task_queue": queue_of(settings.task_queue), "worker_slots": settings.webhook_slots})
    async with tuned_worker(own, client, (), webhook_activities(settings, pool, steward)):
        sweeps = asyncio.create_task(start_sweeps(client, settings.task_queue, partial(webhook_deliveries.has_news, steward)))
        due_mails = partial(one_time_tokens.has_due_mails, steward)
        mails = asyncio.create_task(start_sweeps(client, settings.task_queue, due_mails, PEOPLE_MAILS))
        try:
            yield
        finally:
            sweeps.cancel()
            mails.cancel()


@asynccontextmanager
async def waking(settings: Settings, client: Client, steward: asyncpg.Pool) -> AsyncIterator[None]:
    """Wakes the waitlists beside the worker, as soon as time is freed or somebody joins."""
    patience = Patience(
        hold=settings.hold_seconds,
        payment=settings.payment_seconds,
        calendar=settings.calendar_seconds,
        capture=settings.capture_seconds,
        notify=settings.notify_seconds,
    )
    message = partial(KeepWaitlist, patience=patience, longest_offer_seconds=settings.longest_offer_seconds)
    waker = asyncio.create_task(wake_waitlists(client, settings.task_queue, partial(waitlist_line.find_news, steward), message))
    try:
        yield
    finally:
        waker.cancel()


def tuned_worker(settings: Settings, client: Client, workflows: Sequence[type], does: Sequence[Callable[..., Any]]) -> Worker:
    """Fixed slots and poller autoscaling: the resource-based tuner gives up under load.

    The short sticky timeout lets another worker take over a dead one's workflows in a second.
    """
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=workflows,
        activities=does,
        interceptors=[HeartbeatsInterceptor(), DeadlinesInterceptor(), AnswersInterceptor(), TenantsInterceptor()],
        max_cached_workflows=settings.worker_cached_workflows,
        workflow_runner=sandboxed() if settings.worker_sandboxed else UnsandboxedWorkflowRunner(),
        max_concurrent_workflow_tasks=settings.worker_slots,
        max_concurrent_activities=settings.worker_slots,
        max_concurrent_local_activities=settings.worker_slots,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
        max_heartbeat_throttle_interval=timedelta(seconds=2),
        graceful_shutdown_timeout=timedelta(seconds=settings.worker_stop_seconds),
    )


async def run(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT; what has begun is let finish first. Raises BadSettings."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    gateways = choose(settings)  # before anything is opened: it knows of settings that are wrong
    async with pools(settings) as (pool, steward):
        client = await connect(settings, measured(settings.worker_metrics) if settings.worker_metrics else None)
        beside = telling(settings, client, pool, steward), waking(settings, client, steward)
        async with beside[0], beside[1], build_worker(settings, client, pool, steward, gateways):  # the last stops first
            log.info("worker polls %s", settings.task_queue)
            await stopped.wait()


@asynccontextmanager
async def pools(settings: Settings) -> AsyncIterator[tuple[asyncpg.Pool, asyncpg.Pool]]:
    """For one business at a time, and for all. Raises BadSettings where a login may more than it should, and DoesNotAnswer."""
    steward_url, vault = settings.steward_url, deployments_vault(settings)
    async with AsyncExitStack() as stack:
        pool = await open_tenant_pool(settings.tenant_url, settings.database_pool_size, vault)
        stack.push_async_callback(pool.close)
        steward = await open_pool(steward_url, min(STEWARDS, settings.database_pool_size), vault)
        stack.push_async_callback(steward.close)
        for each, part, name in (
            (pool, Part.TENANT, "SLOTKEEPER_DATABASE_URL"),
            (steward, Part.STEWARD, "SLOTKEEPER_DATABASE_STEWARD_URL"),
        ):
            try:
                await check_login(each, part)
            except WrongLogin as wrong:
                raise BadSettings(f"{name}: {wrong}") from wrong
        yield pool, steward
