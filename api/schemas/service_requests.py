"""What is asked of services over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from api.schemas.approvals import ApprovalHours, ApprovalNeed
from api.schemas.fields import WEEK, YEAR, Currency, ExternalId, Integer, Name, Request
from api.schemas.policies import NoShow, Policy, Rescheduling
from domain.approvals import LEAST_NOTICE, ApprovalPolicy
from domain.assignment import Assignment
from domain.bookings import PaymentTiming
from domain.messages import Channel
from domain.money import Money
from domain.reminders import EVERY_CHANNEL
from domain.services import Duration, Service

USUAL_APPROVAL_HOURS = 24


class Price(Request):
    """Money in minor units: 12.50 EUR is 1250."""

    amount: Annotated[Integer, Field(ge=0, le=10_000_000_000)]
    currency: Currency


class OfferedDuration(Request):
    """Another length in which the service is sold, and its price for one seat in the service's currency."""

    duration_minutes: Annotated[Integer, Field(ge=1, le=WEEK)]
    amount: Annotated[Integer, Field(ge=0, le=10_000_000_000)]


class OfferedReminder(Request):
    """One reminder, so long before the start, by these channels."""

    minutes_before: Annotated[Integer, Field(ge=1, le=YEAR)]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=len(Channel))] = EVERY_CHANNEL

    @field_validator("channels")
    @classmethod
    def _each_channel_once(cls, channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
        if len(set(channels)) != len(channels):
            raise ValueError("must not name the same channel twice")
        return channels


Need = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=50)]


class NewService(Request):
    """What is sold. The buffers keep the provider's time before and after a slot free; the price is for one seat."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Massage",
                    "duration_minutes": 60,
                    "buffer_after_minutes": 15,
                    "slot_step_minutes": 30,
                    "price": {"amount": 6000, "currency": "EUR"},
                    "payment": "online",
                    "min_notice_minutes": 120,
                    "reminder_minutes": [1440],
                }
            ]
        }
    )

    name: Name
    duration_minutes: Annotated[Integer, Field(ge=1, le=WEEK)]
    buffer_before_minutes: Annotated[Integer, Field(ge=0, le=1440)] = 0
    buffer_after_minutes: Annotated[Integer, Field(ge=0, le=1440)] = 0
    slot_step_minutes: Annotated[Integer, Field(ge=5, le=1440)] | None = Field(
        None, description="How far apart the starting times are; the duration when left out."
    )
    price: Price
    payment: PaymentTiming
    capacity: Annotated[Integer, Field(ge=1, le=1000)] = 1
    min_notice_minutes: Annotated[Integer, Field(ge=0, le=YEAR)] = 0
    max_advance_days: Annotated[Integer, Field(ge=1, le=730)] = 90
    cancellation_policy: Policy = Policy()
    reschedule_policy: Rescheduling = Rescheduling()
    no_show_policy: NoShow = NoShow()
    approval: ApprovalNeed = Field(
        ApprovalNeed.NONE,
        description="Whether the provider has to say yes before a booking is charged and confirmed; such a service needs"
        f" min_notice_minutes of at least {LEAST_NOTICE // timedelta(minutes=1)}.",
    )
    approval_hours: ApprovalHours | None = USUAL_APPROVAL_HOURS
    follow_up_minutes: Annotated[Integer, Field(ge=1, le=4 * WEEK)] | None = Field(
        None, description="How long after the end a message goes to those who came; none when left out."
    )
    waitlist_offer_minutes: Annotated[Integer, Field(ge=1, le=WEEK)] = Field(
        30, description="For how long a time is held for whom the waitlist offers it; less when it is near."
    )
    reminder_minutes: Annotated[tuple[Annotated[Integer, Field(ge=1, le=YEAR)], ...], Field(max_length=10)] = Field(
        (), description="When to remind by every channel, in minutes before the start; `reminders` says the same with channels."
    )
    reminders: Annotated[tuple[OfferedReminder, ...], Field(max_length=50)] = Field(
        (), description="When to remind and by which channels. What is past when it is booked, or quiet, is not sent late."
    )
    durations: Annotated[tuple[OfferedDuration, ...], Field(max_length=20)] = Field(
        (), description="Other lengths to choose from. A session of several seats has only its own."
    )
    max_per_day: Annotated[Integer, Field(ge=1, le=10_000)] | None = Field(
        None, description="How many are given a day, by all providers together; a session counts once."
    )
    max_per_week: Annotated[Integer, Field(ge=1, le=10_000)] | None = Field(None, description="The same from Monday to Sunday.")
    assignment: Assignment = Field(Assignment.LEAST_BUSY, description="Who gets a booking for which any provider will do.")
    resources: Annotated[tuple[Need, ...], Field(max_length=10)] = Field(
        (), description="What it takes beside its provider: of each list one, such as one of the rooms, held with the provider."
    )
    external_id: ExternalId | None = None

    @field_validator("approval")
    @classmethod
    def _there_is_time_to_decide(cls, approval: ApprovalNeed, info: ValidationInfo) -> ApprovalNeed:
        least = LEAST_NOTICE // timedelta(minutes=1)
        if approval is ApprovalNeed.REQUIRED and info.data.get("min_notice_minutes", least) < least:
            raise ValueError(f"needs min_notice_minutes of at least {least}, so that there is time to decide")
        return approval

    @field_validator("durations")
    @classmethod
    def _each_duration_once(cls, durations: tuple[OfferedDuration, ...], info: ValidationInfo) -> tuple[OfferedDuration, ...]:
        lengths = [info.data.get("duration_minutes"), *(offered.duration_minutes for offered in durations)]
        if len(set(lengths)) != len(lengths):
            raise ValueError("must not name the same length twice, nor the service's own")
        if durations and info.data.get("capacity", 1) > 1:
            raise ValueError("a session of several seats has only one length")
        if info.data.get("payment") is PaymentTiming.ONLINE and any(offered.amount == 0 for offered in durations):
            raise ValueError("a service that is paid online needs prices above 0")
        return tuple(sorted(durations, key=lambda offered: offered.duration_minutes))

    @field_validator("resources")
    @classmethod
    def _each_resource_once(cls, needs: tuple[tuple[UUID, ...], ...]) -> tuple[tuple[UUID, ...], ...]:
        if any(len(set(need)) != len(need) for need in needs):
            raise ValueError("must not name the same provider twice in one list")
        return needs

    @field_validator("reminder_minutes")
    @classmethod
    def _each_reminder_once(cls, minutes: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(minutes)) != len(minutes):
            raise ValueError("must not name the same time twice")
        return tuple(sorted(minutes, reverse=True))

    @field_validator("reminders")
    @classmethod
    def _each_offset_once(cls, reminders: tuple[OfferedReminder, ...], info: ValidationInfo) -> tuple[OfferedReminder, ...]:
        minutes = info.data.get("reminder_minutes")
        if reminders and minutes and {reminder.minutes_before for reminder in reminders} != set(minutes):
            raise ValueError("must name the times of reminder_minutes where both are given")
        if len({reminder.minutes_before for reminder in reminders}) != len(reminders):
            raise ValueError("must not name the same time twice")
        return tuple(sorted(reminders, key=lambda reminder: -reminder.minutes_before))

    @field_validator("no_show_policy")
    @classmethod
    def _fees_need_a_saved_method(cls, policy: NoShow, info: ValidationInfo) -> NoShow:
        if (policy.fee_percent or policy.fee_amount) and info.data.get("payment") is PaymentTiming.NONE:
            raise ValueError("must ask no fee where nothing is paid online: it is charged on the method that paid")
        return policy

    @field_validator("payment")
    @classmethod
    def _online_payment_has_a_price(cls, payment: PaymentTiming, info: ValidationInfo) -> PaymentTiming:
        price = info.data.get("price")
        if payment is PaymentTiming.ONLINE and price is not None and price.amount == 0:
            raise ValueError("a service that is paid online needs a price above 0")
        return payment

    def as_service(self, business_id: UUID, service_id: UUID) -> Service:
        """The service these fields describe."""
        step = self.slot_step_minutes or max(5, min(self.duration_minutes, 1440))
        return Service(
            business_id=business_id,
            id=service_id,
            name=self.name,
            duration=timedelta(minutes=self.duration_minutes),
            buffer_before=timedelta(minutes=self.buffer_before_minutes),
            buffer_after=timedelta(minutes=self.buffer_after_minutes),
            slot_step=timedelta(minutes=step),
            price=Money(self.price.amount, self.price.currency),
            payment=self.payment,
            capacity=self.capacity,
            min_notice=timedelta(minutes=self.min_notice_minutes),
            max_advance=timedelta(days=self.max_advance_days),
            cancellation_policy=self.cancellation_policy.as_policy(),
            reschedule_policy=self.reschedule_policy.as_policy(),
            no_show_policy=self.no_show_policy.as_policy(),
            approval=self._approval() if self.approval is ApprovalNeed.REQUIRED else None,
            follow_up=None if self.follow_up_minutes is None else timedelta(minutes=self.follow_up_minutes),
            waitlist_offer=timedelta(minutes=self.waitlist_offer_minutes),
            reminders=tuple(
                timedelta(minutes=minute)
                for minute in [reminder.minutes_before for reminder in self.reminders] or self.reminder_minutes
            ),
            reminder_channels=tuple(reminder.channels for reminder in self.reminders),
            durations=tuple(
                Duration(timedelta(minutes=offered.duration_minutes), Money(offered.amount, self.price.currency))
                for offered in self.durations
            ),
            max_per_day=self.max_per_day,
            max_per_week=self.max_per_week,
            assignment=self.assignment,
            needs=self.resources,
            external_id=self.external_id,
        )

    def _approval(self) -> ApprovalPolicy:
        return ApprovalPolicy(timedelta(hours=self.approval_hours or USUAL_APPROVAL_HOURS))
