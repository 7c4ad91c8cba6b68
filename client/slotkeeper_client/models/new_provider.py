from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID






T = TypeVar("T", bound="NewProvider")



@_attrs_define
class NewProvider:
    """ Who or what gives services. Their calendar is `calendar_id`, or else the one named by the e-mail address.

        Attributes:
            name (str):
            timezone (str):
            email (None | str | Unset):
            phone (None | str | Unset):
            calendar_id (None | str | Unset):
            service_ids (list[UUID] | Unset):
            max_per_day (int | None | Unset): How many bookings they take a day; a session counts once.
            max_per_week (int | None | Unset): The same from Monday to Sunday.
            external_id (None | str | Unset):
     """

    name: str
    timezone: str
    email: None | str | Unset = UNSET
    phone: None | str | Unset = UNSET
    calendar_id: None | str | Unset = UNSET
    service_ids: list[UUID] | Unset = UNSET
    max_per_day: int | None | Unset = UNSET
    max_per_week: int | None | Unset = UNSET
    external_id: None | str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        name = self.name

        timezone = self.timezone

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        phone: None | str | Unset
        if isinstance(self.phone, Unset):
            phone = UNSET
        else:
            phone = self.phone

        calendar_id: None | str | Unset
        if isinstance(self.calendar_id, Unset):
            calendar_id = UNSET
        else:
            calendar_id = self.calendar_id

        service_ids: list[str] | Unset = UNSET
        if not isinstance(self.service_ids, Unset):
            service_ids = []
            for service_ids_item_data in self.service_ids:
                service_ids_item = str(service_ids_item_data)
                service_ids.append(service_ids_item)



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

        external_id: None | str | Unset
        if isinstance(self.external_id, Unset):
            external_id = UNSET
        else:
            external_id = self.external_id


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "name": name,
            "timezone": timezone,
        })
        if email is not UNSET:
            field_dict["email"] = email
        if phone is not UNSET:
            field_dict["phone"] = phone
        if calendar_id is not UNSET:
            field_dict["calendar_id"] = calendar_id
        if service_ids is not UNSET:
            field_dict["service_ids"] = service_ids
        if max_per_day is not UNSET:
            field_dict["max_per_day"] = max_per_day
        if max_per_week is not UNSET:
            field_dict["max_per_week"] = max_per_week
        if external_id is not UNSET:
            field_dict["external_id"] = external_id

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        timezone = d.pop("timezone")

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))


        def _parse_phone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phone = _parse_phone(d.pop("phone", UNSET))


        def _parse_calendar_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        calendar_id = _parse_calendar_id(d.pop("calendar_id", UNSET))


        _service_ids = d.pop("service_ids", UNSET)
        service_ids: list[UUID] | Unset = UNSET
        if _service_ids is not UNSET:
            service_ids = []
            for service_ids_item_data in _service_ids:
                service_ids_item = UUID(service_ids_item_data)



                service_ids.append(service_ids_item)


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


        def _parse_external_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        external_id = _parse_external_id(d.pop("external_id", UNSET))


        new_provider = cls(
            name=name,
            timezone=timezone,
            email=email,
            phone=phone,
            calendar_id=calendar_id,
            service_ids=service_ids,
            max_per_day=max_per_day,
            max_per_week=max_per_week,
            external_id=external_id,
        )

        return new_provider

