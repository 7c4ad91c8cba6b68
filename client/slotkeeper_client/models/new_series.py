from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.series_mode import SeriesMode
from ..models.series_payment import SeriesPayment
from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.new_customer import NewCustomer





T = TypeVar("T", bound="NewSeries")



@_attrs_define
class NewSeries:
    """ The same service again and again, for one customer.

        Attributes:
            service_id (UUID):
            starts_at (datetime.datetime): The first occurrence: it must be one by the rule.
            rrule (str): RFC 5545, 3.3.10, without a finer FREQ than DAILY: at most 200 occurrences, on the provider's wall
                clock (the business's, where any provider will do). UNTIL is a UTC time. Without COUNT or UNTIL it goes as far
                as the service can be booked; an occurrence beyond that is refused as `too-far`. A time of day that the clocks
                jump over becomes the instant of the jump and is marked `is_shifted`.
            customer (NewCustomer): Who books. Without a time zone they are taken to be where the provider is.
            provider_id (None | Unset | UUID):
            seats (int | Unset):  Default: 1.
            duration_minutes (int | None | Unset): One of the service's durations; its own when left out.
            mode (SeriesMode | Unset): What happens when not every time can be held.
            payment (SeriesPayment | Unset): Whether all is paid when the series is confirmed, or each occurrence some days
                before it takes place.
     """

    service_id: UUID
    starts_at: datetime.datetime
    rrule: str
    customer: NewCustomer
    provider_id: None | Unset | UUID = UNSET
    seats: int | Unset = 1
    duration_minutes: int | None | Unset = UNSET
    mode: SeriesMode | Unset = UNSET
    payment: SeriesPayment | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.new_customer import NewCustomer # noqa: PLC0415
        service_id = str(self.service_id)

        starts_at = self.starts_at.isoformat()

        rrule = self.rrule

        customer = self.customer.to_dict()

        provider_id: None | str | Unset
        if isinstance(self.provider_id, Unset):
            provider_id = UNSET
        elif isinstance(self.provider_id, UUID):
            provider_id = str(self.provider_id)
        else:
            provider_id = self.provider_id

        seats = self.seats

        duration_minutes: int | None | Unset
        if isinstance(self.duration_minutes, Unset):
            duration_minutes = UNSET
        else:
            duration_minutes = self.duration_minutes

        mode: str | Unset = UNSET
        if not isinstance(self.mode, Unset):
            mode = self.mode.value


        payment: str | Unset = UNSET
        if not isinstance(self.payment, Unset):
            payment = self.payment.value



        field_dict: dict[str, Any] = {}

        field_dict.update({
            "service_id": service_id,
            "starts_at": starts_at,
            "rrule": rrule,
            "customer": customer,
        })
        if provider_id is not UNSET:
            field_dict["provider_id"] = provider_id
        if seats is not UNSET:
            field_dict["seats"] = seats
        if duration_minutes is not UNSET:
            field_dict["duration_minutes"] = duration_minutes
        if mode is not UNSET:
            field_dict["mode"] = mode
        if payment is not UNSET:
            field_dict["payment"] = payment

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_customer import NewCustomer # noqa: PLC0415
        d = dict(src_dict)
        service_id = UUID(d.pop("service_id"))




        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))




        rrule = d.pop("rrule")

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


        seats = d.pop("seats", UNSET)

        def _parse_duration_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        duration_minutes = _parse_duration_minutes(d.pop("duration_minutes", UNSET))


        _mode = d.pop("mode", UNSET)
        mode: SeriesMode | Unset
        if isinstance(_mode,  Unset):
            mode = UNSET
        else:
            mode = SeriesMode(_mode)




        _payment = d.pop("payment", UNSET)
        payment: SeriesPayment | Unset
        if isinstance(_payment,  Unset):
            payment = UNSET
        else:
            payment = SeriesPayment(_payment)




        new_series = cls(
            service_id=service_id,
            starts_at=starts_at,
            rrule=rrule,
            customer=customer,
            provider_id=provider_id,
            seats=seats,
            duration_minutes=duration_minutes,
            mode=mode,
            payment=payment,
        )

        return new_series

