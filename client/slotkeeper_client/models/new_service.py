from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.approval_need import ApprovalNeed
from ..models.assignment import Assignment
from ..models.payment_timing import PaymentTiming
from ..types import UNSET, Unset
from typing import cast
from uuid import UUID

if TYPE_CHECKING:
  from ..models.no_show import NoShow
  from ..models.offered_duration import OfferedDuration
  from ..models.offered_reminder import OfferedReminder
  from ..models.policy import Policy
  from ..models.price import Price
  from ..models.rescheduling import Rescheduling





T = TypeVar("T", bound="NewService")



@_attrs_define
class NewService:
    """ What is sold. The buffers keep the provider's time before and after a slot free; the price is for one seat.

        Attributes:
            name (str):
            duration_minutes (int):
            price (Price): Money in minor units: 12.50 EUR is 1250.
            payment (PaymentTiming): Whether a service is paid when it is booked.
            buffer_before_minutes (int | Unset):  Default: 0.
            buffer_after_minutes (int | Unset):  Default: 0.
            slot_step_minutes (int | None | Unset): How far apart the starting times are; the duration when left out.
            capacity (int | Unset):  Default: 1.
            min_notice_minutes (int | Unset):  Default: 0.
            max_advance_days (int | Unset):  Default: 90.
            cancellation_policy (Policy | Unset): What comes back when a customer cancels a paid booking: the best of the
                tiers that still hold, at least
                `late_refund_percent`. `free_until_minutes` is short for one tier of 100 percent; without tiers it is 0, so that
                everything
                comes back until the start.
            reschedule_policy (Rescheduling | Unset): Until when customers may move a booking themselves, and how often;
                null is as often as they like.
            no_show_policy (NoShow | Unset): What not coming costs: a part of the price or a fixed amount of its currency,
                charged on the payment method that paid.
                Staff may say so from the start until `window_minutes` after the end.
            approval (ApprovalNeed | Unset): Whether a service's bookings need the provider's yes.
            approval_hours (int | None | Unset):  Default: 24.
            follow_up_minutes (int | None | Unset): How long after the end a message goes to those who came; none when left
                out.
            waitlist_offer_minutes (int | Unset): For how long a time is held for whom the waitlist offers it; less when it
                is near. Default: 30.
            reminder_minutes (list[int] | Unset): When to remind by every channel, in minutes before the start; `reminders`
                says the same with channels.
            reminders (list[OfferedReminder] | Unset): When to remind and by which channels. What is past when it is booked,
                or quiet, is not sent late.
            durations (list[OfferedDuration] | Unset): Other lengths to choose from. A session of several seats has only its
                own.
            max_per_day (int | None | Unset): How many are given a day, by all providers together; a session counts once.
            max_per_week (int | None | Unset): The same from Monday to Sunday.
            assignment (Assignment | Unset): How a service chooses among those who are free.
            resources (list[list[UUID]] | Unset): What it takes beside its provider: of each list one, such as one of the
                rooms, held with the provider.
            external_id (None | str | Unset):
     """

    name: str
    duration_minutes: int
    price: Price
    payment: PaymentTiming
    buffer_before_minutes: int | Unset = 0
    buffer_after_minutes: int | Unset = 0
    slot_step_minutes: int | None | Unset = UNSET
    capacity: int | Unset = 1
    min_notice_minutes: int | Unset = 0
    max_advance_days: int | Unset = 90
    cancellation_policy: Policy | Unset = UNSET
    reschedule_policy: Rescheduling | Unset = UNSET
    no_show_policy: NoShow | Unset = UNSET
    approval: ApprovalNeed | Unset = UNSET
    approval_hours: int | None | Unset = 24
    follow_up_minutes: int | None | Unset = UNSET
    waitlist_offer_minutes: int | Unset = 30
    reminder_minutes: list[int] | Unset = UNSET
    reminders: list[OfferedReminder] | Unset = UNSET
    durations: list[OfferedDuration] | Unset = UNSET
    max_per_day: int | None | Unset = UNSET
    max_per_week: int | None | Unset = UNSET
    assignment: Assignment | Unset = UNSET
    resources: list[list[UUID]] | Unset = UNSET
    external_id: None | str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.no_show import NoShow # noqa: PLC0415
        from ..models.offered_duration import OfferedDuration # noqa: PLC0415
        from ..models.offered_reminder import OfferedReminder # noqa: PLC0415
        from ..models.policy import Policy # noqa: PLC0415
        from ..models.price import Price # noqa: PLC0415
        from ..models.rescheduling import Rescheduling # noqa: PLC0415
        name = self.name

        duration_minutes = self.duration_minutes

        price = self.price.to_dict()

        payment = self.payment.value

        buffer_before_minutes = self.buffer_before_minutes

        buffer_after_minutes = self.buffer_after_minutes

        slot_step_minutes: int | None | Unset
        if isinstance(self.slot_step_minutes, Unset):
            slot_step_minutes = UNSET
        else:
            slot_step_minutes = self.slot_step_minutes

        capacity = self.capacity

        min_notice_minutes = self.min_notice_minutes

        max_advance_days = self.max_advance_days

        cancellation_policy: dict[str, Any] | Unset = UNSET
        if not isinstance(self.cancellation_policy, Unset):
            cancellation_policy = self.cancellation_policy.to_dict()

        reschedule_policy: dict[str, Any] | Unset = UNSET
        if not isinstance(self.reschedule_policy, Unset):
            reschedule_policy = self.reschedule_policy.to_dict()

        no_show_policy: dict[str, Any] | Unset = UNSET
        if not isinstance(self.no_show_policy, Unset):
            no_show_policy = self.no_show_policy.to_dict()

        approval: str | Unset = UNSET
        if not isinstance(self.approval, Unset):
            approval = self.approval.value


        approval_hours: int | None | Unset
        if isinstance(self.approval_hours, Unset):
            approval_hours = UNSET
        else:
            approval_hours = self.approval_hours

        follow_up_minutes: int | None | Unset
        if isinstance(self.follow_up_minutes, Unset):
            follow_up_minutes = UNSET
        else:
            follow_up_minutes = self.follow_up_minutes

        waitlist_offer_minutes = self.waitlist_offer_minutes

        reminder_minutes: list[int] | Unset = UNSET
        if not isinstance(self.reminder_minutes, Unset):
            reminder_minutes = self.reminder_minutes



        reminders: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.reminders, Unset):
            reminders = []
            for reminders_item_data in self.reminders:
                reminders_item = reminders_item_data.to_dict()
                reminders.append(reminders_item)



        durations: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.durations, Unset):
            durations = []
            for durations_item_data in self.durations:
                durations_item = durations_item_data.to_dict()
                durations.append(durations_item)



        max_per_day: int | None | Unset
        if isinstance(self.max_per_day, Unset):
            max_per_day = UNSET
        else:
            max_per_day = self.max_per_day

        max_per_week: int | None | Unset
        if isinstance(self.max_per_week, Unset):
            max_per_week = UNSET
        else:
            max_per_week = self.max_per_week

        assignment: str | Unset = UNSET
        if not isinstance(self.assignment, Unset):
            assignment = self.assignment.value


        resources: list[list[str]] | Unset = UNSET
        if not isinstance(self.resources, Unset):
            resources = []
            for resources_item_data in self.resources:
                resources_item = []
                for resources_item_item_data in resources_item_data:
                    resources_item_item = str(resources_item_item_data)
                    resources_item.append(resources_item_item)


                resources.append(resources_item)



        external_id: None | str | Unset
        if isinstance(self.external_id, Unset):
            external_id = UNSET
        else:
            external_id = self.external_id


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "name": name,
            "duration_minutes": duration_minutes,
            "price": price,
            "payment": payment,
        })
        if buffer_before_minutes is not UNSET:
            field_dict["buffer_before_minutes"] = buffer_before_minutes
        if buffer_after_minutes is not UNSET:
            field_dict["buffer_after_minutes"] = buffer_after_minutes
        if slot_step_minutes is not UNSET:
            field_dict["slot_step_minutes"] = slot_step_minutes
        if capacity is not UNSET:
            field_dict["capacity"] = capacity
        if min_notice_minutes is not UNSET:
            field_dict["min_notice_minutes"] = min_notice_minutes
        if max_advance_days is not UNSET:
            field_dict["max_advance_days"] = max_advance_days
        if cancellation_policy is not UNSET:
            field_dict["cancellation_policy"] = cancellation_policy
        if reschedule_policy is not UNSET:
            field_dict["reschedule_policy"] = reschedule_policy
        if no_show_policy is not UNSET:
            field_dict["no_show_policy"] = no_show_policy
        if approval is not UNSET:
            field_dict["approval"] = approval
        if approval_hours is not UNSET:
            field_dict["approval_hours"] = approval_hours
        if follow_up_minutes is not UNSET:
            field_dict["follow_up_minutes"] = follow_up_minutes
        if waitlist_offer_minutes is not UNSET:
            field_dict["waitlist_offer_minutes"] = waitlist_offer_minutes
        if reminder_minutes is not UNSET:
            field_dict["reminder_minutes"] = reminder_minutes
        if reminders is not UNSET:
            field_dict["reminders"] = reminders
        if durations is not UNSET:
            field_dict["durations"] = durations
        if max_per_day is not UNSET:
            field_dict["max_per_day"] = max_per_day
        if max_per_week is not UNSET:
            field_dict["max_per_week"] = max_per_week
        if assignment is not UNSET:
            field_dict["assignment"] = assignment
        if resources is not UNSET:
            field_dict["resources"] = resources
        if external_id is not UNSET:
            field_dict["external_id"] = external_id

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.no_show import NoShow # noqa: PLC0415
        from ..models.offered_duration import OfferedDuration # noqa: PLC0415
        from ..models.offered_reminder import OfferedReminder # noqa: PLC0415
        from ..models.policy import Policy # noqa: PLC0415
        from ..models.price import Price # noqa: PLC0415
        from ..models.rescheduling import Rescheduling # noqa: PLC0415
        d = dict(src_dict)
        name = d.pop("name")

        duration_minutes = d.pop("duration_minutes")

        price = Price.from_dict(d.pop("price"))




        payment = PaymentTiming(d.pop("payment"))




        buffer_before_minutes = d.pop("buffer_before_minutes", UNSET)

        buffer_after_minutes = d.pop("buffer_after_minutes", UNSET)

        def _parse_slot_step_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        slot_step_minutes = _parse_slot_step_minutes(d.pop("slot_step_minutes", UNSET))


        capacity = d.pop("capacity", UNSET)

        min_notice_minutes = d.pop("min_notice_minutes", UNSET)

        max_advance_days = d.pop("max_advance_days", UNSET)

        _cancellation_policy = d.pop("cancellation_policy", UNSET)
        cancellation_policy: Policy | Unset
        if isinstance(_cancellation_policy,  Unset):
            cancellation_policy = UNSET
        else:
            cancellation_policy = Policy.from_dict(_cancellation_policy)




        _reschedule_policy = d.pop("reschedule_policy", UNSET)
        reschedule_policy: Rescheduling | Unset
        if isinstance(_reschedule_policy,  Unset):
            reschedule_policy = UNSET
        else:
            reschedule_policy = Rescheduling.from_dict(_reschedule_policy)




        _no_show_policy = d.pop("no_show_policy", UNSET)
        no_show_policy: NoShow | Unset
        if isinstance(_no_show_policy,  Unset):
            no_show_policy = UNSET
        else:
            no_show_policy = NoShow.from_dict(_no_show_policy)




        _approval = d.pop("approval", UNSET)
        approval: ApprovalNeed | Unset
        if isinstance(_approval,  Unset):
            approval = UNSET
        else:
            approval = ApprovalNeed(_approval)




        def _parse_approval_hours(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        approval_hours = _parse_approval_hours(d.pop("approval_hours", UNSET))


        def _parse_follow_up_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        follow_up_minutes = _parse_follow_up_minutes(d.pop("follow_up_minutes", UNSET))


        waitlist_offer_minutes = d.pop("waitlist_offer_minutes", UNSET)

        reminder_minutes = cast(list[int], d.pop("reminder_minutes", UNSET))


        _reminders = d.pop("reminders", UNSET)
        reminders: list[OfferedReminder] | Unset = UNSET
        if _reminders is not UNSET:
            reminders = []
            for reminders_item_data in _reminders:
                reminders_item = OfferedReminder.from_dict(reminders_item_data)



                reminders.append(reminders_item)


        _durations = d.pop("durations", UNSET)
        durations: list[OfferedDuration] | Unset = UNSET
        if _durations is not UNSET:
            durations = []
            for durations_item_data in _durations:
                durations_item = OfferedDuration.from_dict(durations_item_data)



                durations.append(durations_item)


        def _parse_max_per_day(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_per_day = _parse_max_per_day(d.pop("max_per_day", UNSET))


        def _parse_max_per_week(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_per_week = _parse_max_per_week(d.pop("max_per_week", UNSET))


        _assignment = d.pop("assignment", UNSET)
        assignment: Assignment | Unset
        if isinstance(_assignment,  Unset):
            assignment = UNSET
        else:
            assignment = Assignment(_assignment)




        _resources = d.pop("resources", UNSET)
        resources: list[list[UUID]] | Unset = UNSET
        if _resources is not UNSET:
            resources = []
            for resources_item_data in _resources:
                resources_item = []
                _resources_item = resources_item_data
                for resources_item_item_data in (_resources_item):
                    resources_item_item = UUID(resources_item_item_data)



                    resources_item.append(resources_item_item)

                resources.append(resources_item)


        def _parse_external_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        external_id = _parse_external_id(d.pop("external_id", UNSET))


        new_service = cls(
            name=name,
            duration_minutes=duration_minutes,
            price=price,
            payment=payment,
            buffer_before_minutes=buffer_before_minutes,
            buffer_after_minutes=buffer_after_minutes,
            slot_step_minutes=slot_step_minutes,
            capacity=capacity,
            min_notice_minutes=min_notice_minutes,
            max_advance_days=max_advance_days,
            cancellation_policy=cancellation_policy,
            reschedule_policy=reschedule_policy,
            no_show_policy=no_show_policy,
            approval=approval,
            approval_hours=approval_hours,
            follow_up_minutes=follow_up_minutes,
            waitlist_offer_minutes=waitlist_offer_minutes,
            reminder_minutes=reminder_minutes,
            reminders=reminders,
            durations=durations,
            max_per_day=max_per_day,
            max_per_week=max_per_week,
            assignment=assignment,
            resources=resources,
            external_id=external_id,
        )

        return new_service

