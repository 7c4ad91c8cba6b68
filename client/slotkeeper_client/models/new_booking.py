from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.new_customer import NewCustomer
  from ..models.override import Override





T = TypeVar("T", bound="NewBooking")



@_attrs_define
class NewBooking:
    """ One slot for one customer. Without a `provider_id` any free provider of the service is chosen.

        Attributes:
            service_id (UUID):
            starts_at (datetime.datetime):
            customer (NewCustomer): Who books. Without a time zone they are taken to be where the provider is.
            provider_id (None | Unset | UUID):
            seats (int | Unset):  Default: 1.
            duration_minutes (int | None | Unset): One of the service's durations; its own when left out.
            override (None | Override | Unset): Only with the business's API key: books outside the rules; never over
                another booking.
     """

    service_id: UUID
    starts_at: datetime.datetime
    customer: NewCustomer
    provider_id: None | Unset | UUID = UNSET
    seats: int | Unset = 1
    duration_minutes: int | None | Unset = UNSET
    override: None | Override | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.new_customer import NewCustomer # noqa: PLC0415
        from ..models.override import Override # noqa: PLC0415
        service_id = str(self.service_id)

        starts_at = self.starts_at.isoformat()

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

        override: dict[str, Any] | None | Unset
        if isinstance(self.override, Unset):
            override = UNSET
        elif isinstance(self.override, Override):
            override = self.override.to_dict()
        else:
            override = self.override


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "service_id": service_id,
            "starts_at": starts_at,
            "customer": customer,
        })
        if provider_id is not UNSET:
            field_dict["provider_id"] = provider_id
        if seats is not UNSET:
            field_dict["seats"] = seats
        if duration_minutes is not UNSET:
            field_dict["duration_minutes"] = duration_minutes
        if override is not UNSET:
            field_dict["override"] = override

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_customer import NewCustomer # noqa: PLC0415
        from ..models.override import Override # noqa: PLC0415
        d = dict(src_dict)
        service_id = UUID(d.pop("service_id"))




        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))




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


        def _parse_override(data: object) -> None | Override | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                override_type_0 = Override.from_dict(data)



                return override_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Override | Unset, data)

        override = _parse_override(d.pop("override", UNSET))


        new_booking = cls(
            service_id=service_id,
            starts_at=starts_at,
            customer=customer,
            provider_id=provider_id,
            seats=seats,
            duration_minutes=duration_minutes,
            override=override,
        )

        return new_booking

