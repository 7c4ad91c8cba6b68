"""Services over HTTP."""

from __future__ import annotations

from datetime import timedelta
from itertools import zip_longest
from typing import Self
from uuid import UUID

from api.schemas.approvals import ApprovalNeed
from api.schemas.fields import Answer
from api.schemas.payments import PriceAnswer
from api.schemas.policies import NoShowAnswer, PolicyAnswer, ReschedulingAnswer
from api.schemas.service_requests import OfferedDuration, OfferedReminder
from domain.assignment import Assignment
from domain.bookings import PaymentTiming
from domain.reminders import EVERY_CHANNEL
from domain.services import Service


class ServiceAnswer(Answer):
    """A service as it stands."""

    id: UUID
    name: str
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    slot_step_minutes: int
    price: PriceAnswer
    payment: PaymentTiming
    capacity: int
    min_notice_minutes: int
    max_advance_days: int
    cancellation_policy: PolicyAnswer
    reschedule_policy: ReschedulingAnswer
    no_show_policy: NoShowAnswer
    approval: ApprovalNeed
    approval_hours: int | None
    follow_up_minutes: int | None
    waitlist_offer_minutes: int
    reminder_minutes: list[int]
    reminders: list[OfferedReminder]
    durations: list[OfferedDuration]
    max_per_day: int | None
    max_per_week: int | None
    assignment: Assignment
    resources: list[list[UUID]]
    external_id: str | None = None

    @classmethod
    def of(cls, service: Service) -> Self:
        """This service for HTTP."""
        return cls(
            id=service.id,
            name=service.name,
            duration_minutes=_minutes(service.duration),
            buffer_before_minutes=_minutes(service.buffer_before),
            buffer_after_minutes=_minutes(service.buffer_after),
            slot_step_minutes=_minutes(service.slot_step),
            price=PriceAnswer.of(service.price),
            payment=service.payment,
            capacity=service.capacity,
            min_notice_minutes=_minutes(service.min_notice),
            max_advance_days=service.max_advance.days,
            cancellation_policy=PolicyAnswer.of(service.cancellation_policy),
            reschedule_policy=ReschedulingAnswer.of(service.reschedule_policy),
            no_show_policy=NoShowAnswer.of(service.no_show_policy),
            approval=ApprovalNeed.REQUIRED if service.approval else ApprovalNeed.NONE,
            approval_hours=service.approval.within // timedelta(hours=1) if service.approval else None,
            follow_up_minutes=None if service.follow_up is None else _minutes(service.follow_up),
            waitlist_offer_minutes=_minutes(service.waitlist_offer),
            reminder_minutes=[_minutes(reminder) for reminder in service.reminders],
            reminders=[
                OfferedReminder(minutes_before=_minutes(before), channels=channels or EVERY_CHANNEL)
                for before, channels in zip_longest(service.reminders, service.reminder_channels)
            ],
            durations=[
                OfferedDuration(duration_minutes=_minutes(offered.length), amount=offered.price.amount)
                for offered in service.durations
            ],
            max_per_day=service.max_per_day,
            max_per_week=service.max_per_week,
            assignment=service.assignment,
            resources=[list(need) for need in service.needs],
            external_id=service.external_id,
        )


class ServiceList(Answer):
    """One page; `next_cursor` is null on the last."""

    items: list[ServiceAnswer]
    next_cursor: str | None


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)
