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
  from ..models.no_show_answer import NoShowAnswer
  from ..models.offered_duration import OfferedDuration
  from ..models.offered_reminder import OfferedReminder
  from ..models.policy_answer import PolicyAnswer
  from ..models.price_answer import PriceAnswer
  from ..models.rescheduling_answer import ReschedulingAnswer





T = TypeVar("T", bound="ServiceAnswer")



@_attrs_define
class ServiceAnswer:
    """ A service as it stands.

        Attributes:
            id (UUID):
            name (str):
            duration_minutes (int):
            buffer_before_minutes (int):
            buffer_after_minutes (int):
            slot_step_minutes (int):
            price (PriceAnswer): Money in minor units.
            payment (PaymentTiming): Whether a service is paid when it is booked.
            capacity (int):
            min_notice_minutes (int):
            max_advance_days (int):
            cancellation_policy (PolicyAnswer): What comes back when a customer cancels a paid booking.
            reschedule_policy (ReschedulingAnswer): Until when customers may move a booking themselves, and how often.
            no_show_policy (NoShowAnswer): What not coming costs, and until when staff may say so.
            approval (ApprovalNeed): Whether a service's bookings need the provider's yes.
            approval_hours (int | None):
            follow_up_minutes (int | None):
            waitlist_offer_minutes (int):
            reminder_minutes (list[int]):
            reminders (list[OfferedReminder]):
            durations (list[OfferedDuration]):
            max_per_day (int | None):
            max_per_week (int | None):
            assignment (Assignment): How a service chooses among those who are free.
            resources (list[list[UUID]]):
            external_id (None | str | Unset):
     """

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
    external_id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.no_show_answer import NoShowAnswer # noqa: PLC0415
        from ..models.offered_duration import OfferedDuration # noqa: PLC0415
        from ..models.offered_reminder import OfferedReminder # noqa: PLC0415
        from ..models.policy_answer import PolicyAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        from ..models.rescheduling_answer import ReschedulingAnswer # noqa: PLC0415
        id = str(self.id)

        name = self.name

        duration_minutes = self.duration_minutes

        buffer_before_minutes = self.buffer_before_minutes

        buffer_after_minutes = self.buffer_after_minutes

        slot_step_minutes = self.slot_step_minutes

        price = self.price.to_dict()

        payment = self.payment.value

        capacity = self.capacity

        min_notice_minutes = self.min_notice_minutes

        max_advance_days = self.max_advance_days

        cancellation_policy = self.cancellation_policy.to_dict()

        reschedule_policy = self.reschedule_policy.to_dict()

        no_show_policy = self.no_show_policy.to_dict()

        approval = self.approval.value

        approval_hours: int | None
        approval_hours = self.approval_hours

        follow_up_minutes: int | None
        follow_up_minutes = self.follow_up_minutes

        waitlist_offer_minutes = self.waitlist_offer_minutes

        reminder_minutes = self.reminder_minutes



        reminders = []
        for reminders_item_data in self.reminders:
            reminders_item = reminders_item_data.to_dict()
            reminders.append(reminders_item)



        durations = []
        for durations_item_data in self.durations:
            durations_item = durations_item_data.to_dict()
            durations.append(durations_item)



        max_per_day: int | None
        max_per_day = self.max_per_day

        max_per_week: int | None
        max_per_week = self.max_per_week

        assignment = self.assignment.value

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
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "name": name,
            "duration_minutes": duration_minutes,
            "buffer_before_minutes": buffer_before_minutes,
            "buffer_after_minutes": buffer_after_minutes,
            "slot_step_minutes": slot_step_minutes,
            "price": price,
            "payment": payment,
            "capacity": capacity,
            "min_notice_minutes": min_notice_minutes,
            "max_advance_days": max_advance_days,
            "cancellation_policy": cancellation_policy,
            "reschedule_policy": reschedule_policy,
            "no_show_policy": no_show_policy,
            "approval": approval,
            "approval_hours": approval_hours,
            "follow_up_minutes": follow_up_minutes,
            "waitlist_offer_minutes": waitlist_offer_minutes,
            "reminder_minutes": reminder_minutes,
            "reminders": reminders,
            "durations": durations,
            "max_per_day": max_per_day,
            "max_per_week": max_per_week,
            "assignment": assignment,
            "resources": resources,
        })
        if external_id is not UNSET:
            field_dict["external_id"] = external_id

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.no_show_answer import NoShowAnswer # noqa: PLC0415
        from ..models.offered_duration import OfferedDuration # noqa: PLC0415
        from ..models.offered_reminder import OfferedReminder # noqa: PLC0415
        from ..models.policy_answer import PolicyAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        from ..models.rescheduling_answer import ReschedulingAnswer # noqa: PLC0415
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        name = d.pop("name")

        duration_minutes = d.pop("duration_minutes")

        buffer_before_minutes = d.pop("buffer_before_minutes")

        buffer_after_minutes = d.pop("buffer_after_minutes")

        slot_step_minutes = d.pop("slot_step_minutes")

        price = PriceAnswer.from_dict(d.pop("price"))




        payment = PaymentTiming(d.pop("payment"))




        capacity = d.pop("capacity")

        min_notice_minutes = d.pop("min_notice_minutes")

        max_advance_days = d.pop("max_advance_days")

        cancellation_policy = PolicyAnswer.from_dict(d.pop("cancellation_policy"))




        reschedule_policy = ReschedulingAnswer.from_dict(d.pop("reschedule_policy"))




        no_show_policy = NoShowAnswer.from_dict(d.pop("no_show_policy"))




        approval = ApprovalNeed(d.pop("approval"))




        def _parse_approval_hours(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        approval_hours = _parse_approval_hours(d.pop("approval_hours"))


        def _parse_follow_up_minutes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        follow_up_minutes = _parse_follow_up_minutes(d.pop("follow_up_minutes"))


        waitlist_offer_minutes = d.pop("waitlist_offer_minutes")

        reminder_minutes = cast(list[int], d.pop("reminder_minutes"))


        reminders = []
        _reminders = d.pop("reminders")
        for reminders_item_data in (_reminders):
            reminders_item = OfferedReminder.from_dict(reminders_item_data)



            reminders.append(reminders_item)


        durations = []
        _durations = d.pop("durations")
        for durations_item_data in (_durations):
            durations_item = OfferedDuration.from_dict(durations_item_data)



            durations.append(durations_item)


        def _parse_max_per_day(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_per_day = _parse_max_per_day(d.pop("max_per_day"))


        def _parse_max_per_week(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_per_week = _parse_max_per_week(d.pop("max_per_week"))


        assignment = Assignment(d.pop("assignment"))




        resources = []
        _resources = d.pop("resources")
        for resources_item_data in (_resources):
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


        service_answer = cls(
            id=id,
            name=name,
            duration_minutes=duration_minutes,
            buffer_before_minutes=buffer_before_minutes,
            buffer_after_minutes=buffer_after_minutes,
            slot_step_minutes=slot_step_minutes,
            price=price,
            payment=payment,
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


        service_answer.additional_properties = d
        return service_answer

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
