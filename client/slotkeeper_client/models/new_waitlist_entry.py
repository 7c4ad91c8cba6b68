from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.new_waitlist_entry_weekdays_item import NewWaitlistEntryWeekdaysItem
from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.new_customer import NewCustomer
  from ..models.open_from import OpenFrom





T = TypeVar("T", bound="NewWaitlistEntry")



@_attrs_define
class NewWaitlistEntry:
    """ Somebody who takes any time that fits: between two dates, both included, on these weekdays and at these times of day
    where
    any are named. A time of day is when the appointment starts. Without a `provider_id` any provider of the service
    will do.

        Attributes:
            service_id (UUID):
            from_ (datetime.date): The first date.
            to (datetime.date): The last date, at most 62 days after the first.
            customer (NewCustomer): Who books. Without a time zone they are taken to be where the provider is.
            provider_id (None | Unset | UUID):
            weekdays (list[NewWaitlistEntryWeekdaysItem] | Unset): Every day when left out.
            times (list[OpenFrom] | Unset): All day when left out.
            timezone (None | str | Unset): Where dates and times of day are meant; the provider's when left out.
            seats (int | Unset):  Default: 1.
            duration_minutes (int | None | Unset): One of the service's durations; its own when left out.
            priority (int | None | Unset): Only with the business's API key: who has more is asked first.
     """

    service_id: UUID
    from_: datetime.date
    to: datetime.date
    customer: NewCustomer
    provider_id: None | Unset | UUID = UNSET
    weekdays: list[NewWaitlistEntryWeekdaysItem] | Unset = UNSET
    times: list[OpenFrom] | Unset = UNSET
    timezone: None | str | Unset = UNSET
    seats: int | Unset = 1
    duration_minutes: int | None | Unset = UNSET
    priority: int | None | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.new_customer import NewCustomer # noqa: PLC0415
        from ..models.open_from import OpenFrom # noqa: PLC0415
        service_id = str(self.service_id)

        from_ = self.from_.isoformat()

        to = self.to.isoformat()

        customer = self.customer.to_dict()

        provider_id: None | str | Unset
        if isinstance(self.provider_id, Unset):
            provider_id = UNSET
        elif isinstance(self.provider_id, UUID):
            provider_id = str(self.provider_id)
        else:
            provider_id = self.provider_id

        weekdays: list[str] | Unset = UNSET
        if not isinstance(self.weekdays, Unset):
            weekdays = []
            for weekdays_item_data in self.weekdays:
                weekdays_item = weekdays_item_data.value
                weekdays.append(weekdays_item)



        times: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.times, Unset):
            times = []
            for times_item_data in self.times:
                times_item = times_item_data.to_dict()
                times.append(times_item)



        timezone: None | str | Unset
        if isinstance(self.timezone, Unset):
            timezone = UNSET
        else:
            timezone = self.timezone

        seats = self.seats

        duration_minutes: int | None | Unset
        if isinstance(self.duration_minutes, Unset):
            duration_minutes = UNSET
        else:
            duration_minutes = self.duration_minutes

        priority: int | None | Unset
        if isinstance(self.priority, Unset):
            priority = UNSET
        else:
            priority = self.priority


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "service_id": service_id,
            "from": from_,
            "to": to,
            "customer": customer,
        })
        if provider_id is not UNSET:
            field_dict["provider_id"] = provider_id
        if weekdays is not UNSET:
            field_dict["weekdays"] = weekdays
        if times is not UNSET:
            field_dict["times"] = times
        if timezone is not UNSET:
            field_dict["timezone"] = timezone
        if seats is not UNSET:
            field_dict["seats"] = seats
        if duration_minutes is not UNSET:
            field_dict["duration_minutes"] = duration_minutes
        if priority is not UNSET:
            field_dict["priority"] = priority

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_customer import NewCustomer # noqa: PLC0415
        from ..models.open_from import OpenFrom # noqa: PLC0415
        d = dict(src_dict)
        service_id = UUID(d.pop("service_id"))




        from_ = datetime.date.fromisoformat(d.pop("from"))




        to = datetime.date.fromisoformat(d.pop("to"))




        customer = NewCustomer.from_dict(d.pop("customer"))




        def _parse_provider_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                provider_id_type_0 = UUID(data)



                return provider_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        provider_id = _parse_provider_id(d.pop("provider_id", UNSET))


        _weekdays = d.pop("weekdays", UNSET)
        weekdays: list[NewWaitlistEntryWeekdaysItem] | Unset = UNSET
        if _weekdays is not UNSET:
            weekdays = []
            for weekdays_item_data in _weekdays:
                weekdays_item = NewWaitlistEntryWeekdaysItem(weekdays_item_data)



                weekdays.append(weekdays_item)


        _times = d.pop("times", UNSET)
        times: list[OpenFrom] | Unset = UNSET
        if _times is not UNSET:
            times = []
            for times_item_data in _times:
                times_item = OpenFrom.from_dict(times_item_data)



                times.append(times_item)


        def _parse_timezone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        timezone = _parse_timezone(d.pop("timezone", UNSET))


        seats = d.pop("seats", UNSET)

        def _parse_duration_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        duration_minutes = _parse_duration_minutes(d.pop("duration_minutes", UNSET))


        def _parse_priority(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        priority = _parse_priority(d.pop("priority", UNSET))


        new_waitlist_entry = cls(
            service_id=service_id,
            from_=from_,
            to=to,
            customer=customer,
            provider_id=provider_id,
            weekdays=weekdays,
            times=times,
            timezone=timezone,
            seats=seats,
            duration_minutes=duration_minutes,
            priority=priority,
        )

        return new_waitlist_entry

