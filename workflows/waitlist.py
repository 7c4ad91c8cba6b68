"""The waitlist of one service: whenever time is freed, the first who fits is offered it as a booking that is held for them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ActivityCancellationType, ChildWorkflowCancellationType, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.bookings import BookingActivities, HoldFor
    from activities.errors import answer_in
    from activities.waitlist import FindOffer, Found, Lost, Offer, WaitlistActivities
    from domain.bookings import BookingRef, BookingStatus
    from domain.messages import MessageFacts, MessageKind, Recipient
    from temporal import attributes
    from workflows.booking import BookingWorkflow
    from workflows.messages import BookSlot, KeepWaitlist, TellOffer
    from workflows.steps import in_database, until_done
    from workflows.telling import tell_people

BREATH = timedelta(seconds=1)  # between two looks, however much happens
ONE_TRY = timedelta(seconds=20)
HEARTBEAT = timedelta(seconds=5)


@workflow.defn
class WaitlistWorkflow:
    """Makes the offers of one service as long as anybody waits for it.

    It only finds and holds: how an offer ends is its booking's own affair, and changes the entry in the same transaction.

    It looks whenever it is woken, and by itself now and then, so that a lost wake-up costs minutes.
    """

    @workflow.init
    def __init__(self, keep: KeepWaitlist) -> None:
        self._keep = keep
        self._lost: tuple[Lost, ...] = ()
        self._has_news = False

    @workflow.run
    async def run(self, keep: KeepWaitlist) -> None:
        has_gone_on = False  # or a run that may have few events would be followed by one just like it, and that by another
        while not (has_gone_on and self._is_long):
            self._has_news = False
            ask = FindOffer(keep.business_id, keep.service_id, self._lost)
            found = await in_database(WaitlistActivities.find_offer, ask, summary="Whose turn is it?")
            if found.offer is not None:
                # A task of its own: a cancel must not part a hold from its booking.
                has_gone_on = await until_done(asyncio.create_task(self._make(found.offer)))
                continue
            if not found.is_awaited and not self._has_news:
                return
            await self._rest(found)
            has_gone_on = True
        workflow.continue_as_new(self._keep)

    async def _make(self, offer: Offer) -> bool:
        """Holds the time by the same statement as any customer does. False where one was faster, as only this run knows."""
        order, seconds = offer.order, min(offer.seconds, self._keep.longest_offer_seconds)
        try:
            until = await workflow.execute_activity_method(
                BookingActivities.hold_slot,
                HoldFor(order, seconds),
                start_to_close_timeout=ONE_TRY,
                heartbeat_timeout=HEARTBEAT,
                retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)),
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary="Hold it",
            )
        except FailureError as failure:
            if answer_in(failure) is None:
                raise
            if order.waitlist_entry_id is not None:
                self._lost = (*self._lost, Lost(order.waitlist_entry_id, order.provider_id, order.starts_at))
            return False
        await self._hand_over(offer, seconds)
        await _tell(TellOffer(BookingRef(order.business_id, order.booking_id), until))
        return True

    async def _hand_over(self, offer: Offer, seconds: float) -> None:
        """The booking's own workflow finds the hold made and goes on as for anybody."""
        order = offer.order
        book = BookSlot(order, replace(self._keep.patience, hold=seconds), offer.on_calendar_failure)
        status = BookingStatus.PENDING.value
        try:
            await workflow.start_child_workflow(
                BookingWorkflow.run,
                book,
                id=BookingRef(order.business_id, order.booking_id).workflow_id,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                parent_close_policy=ParentClosePolicy.ABANDON,
                cancellation_type=ChildWorkflowCancellationType.ABANDON,
                task_timeout=timedelta(seconds=5),
                search_attributes=attributes.of_booking(order.business_id, order.provider_id, order.starts_at, status),
                static_summary=f"{order.starts_at:%Y-%m-%d %H:%M} UTC, {order.seats} seat(s), offered",
            )
        except WorkflowAlreadyStartedError:
            return  # by a run before this one, which was reset

    async def _rest(self, found: Found) -> None:
        """Until there is news, or it is time to look anyway; what was lost before may be free by then."""
        self._lost = ()
        at_most = timedelta(seconds=self._keep.check_seconds)
        if found.look_at is not None:
            at_most = min(at_most, found.look_at - workflow.now())
        workflow.set_current_details("Nobody's time is free. Waits for some.")
        await workflow.sleep(BREATH, summary="A breath")
        if at_most > BREATH and not self._has_news:
            await self._wait_for_news(at_most - BREATH)

    async def _wait_for_news(self, at_most: timedelta) -> None:
        try:
            await workflow.wait_condition(lambda: self._has_news, timeout=at_most, timeout_summary="Look by itself")
        except TimeoutError:
            return

    @workflow.signal
    async def wake(self, keep: KeepWaitlist) -> None:
        """Somebody joined, or time was freed. The limits that come with it hold from now on."""
        self._keep = keep
        self._has_news = True

    @property
    def _is_long(self) -> bool:
        info = workflow.info()
        return info.is_continue_as_new_suggested() or info.get_current_history_length() > self._keep.most_events


@workflow.defn
class WaitlistOfferWorkflow:
    """Tells a customer of the time that is held for them, by every channel, as long as they can take it."""

    @workflow.run
    async def run(self, tell: TellOffer) -> None:
        within = tell.until - workflow.now()
        if within > timedelta(0):
            facts = MessageFacts(until=tell.until)
            to = (Recipient.CUSTOMER,)
            await tell_people(tell.booking, MessageKind.WAITLIST_OFFER, within, facts=facts, recipients=to)


async def _tell(tell: TellOffer) -> None:
    """Beside the line and the booking: neither waits for a carrier."""
    try:
        await workflow.start_child_workflow(
            WaitlistOfferWorkflow.run,
            tell,
            id=f"waitlist-offer-{tell.booking.booking_id}",
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            parent_close_policy=ParentClosePolicy.ABANDON,
            cancellation_type=ChildWorkflowCancellationType.ABANDON,
            static_summary="Tells of an offer",
        )
    except WorkflowAlreadyStartedError:
        return
