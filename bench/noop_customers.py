"""Customers of the no-op: the messages that the API would send to the workflow, sent directly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateStage
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from uuid_utils.compat import uuid7

from bench.bookings import Booked, Stopwatch
from bench.noop import NoBookingWorkflow
from bench.system import NOOP_QUEUE
from domain.bookings import BookingStatus, Customer, HoldSlot, PaymentTiming
from domain.money import Money
from temporal import attributes
from workflows.messages import BookSlot, Confirm, Patience

NOBODY = Customer("Nobody", "nobody@example.com", "+493090100000", "Europe/Berlin", "en")
PATIENCE = Patience(hold=300, payment=60, calendar=60, capture=60, notify=60)


class Nobody:
    """Books nothing, with the same calls to Temporal as the API makes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def book(self) -> Booked:
        """Update-with-start, then an update that is waited for."""
        order, watch = _order(), Stopwatch()
        workflow_id = f"noop-{order.booking_id}"
        start = _start(BookSlot(order, PATIENCE), workflow_id)
        await self._client.execute_update_with_start_workflow(NoBookingWorkflow.hold, start_workflow_operation=start, id="hold")
        hold = watch.lap()
        handle = self._client.get_workflow_handle(workflow_id)
        wish = Confirm("pm_card_visa", "http://127.0.0.1")
        update = await handle.start_update(NoBookingWorkflow.confirm, wish, wait_for_stage=WorkflowUpdateStage.ACCEPTED)
        await update.result()
        return Booked(workflow_id, hold, watch.lap())


def _start(book: BookSlot, workflow_id: str) -> WithStartWorkflowOperation[NoBookingWorkflow, None]:
    order = book.order
    return WithStartWorkflowOperation(
        NoBookingWorkflow.run,
        book,
        id=workflow_id,
        task_queue=NOOP_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        task_timeout=timedelta(seconds=5),
        search_attributes=attributes.of_booking(
            order.business_id, order.provider_id, order.starts_at, BookingStatus.PENDING.value
        ),
        static_summary=f"{order.starts_at:%Y-%m-%d %H:%M} UTC, {order.seats} seat(s)",
    )


def _order() -> HoldSlot:
    starts_at = datetime.now(UTC) + timedelta(days=7)
    ends_at = starts_at + timedelta(hours=1)
    return HoldSlot(
        business_id=uuid4(),
        booking_id=uuid7(),
        service_id=uuid4(),
        provider_id=uuid4(),
        starts_at=starts_at,
        ends_at=ends_at,
        blocks_from=starts_at,
        blocks_until=ends_at,
        capacity=1,
        seats=1,
        price=Money(6500, "EUR"),
        payment=PaymentTiming.ONLINE,
        customer=NOBODY,
        manage_token_hash=32 * "00",
        request_hash=32 * "00",
    )
