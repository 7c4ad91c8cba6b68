from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID






T = TypeVar("T", bound="ProviderAnswer")



@_attrs_define
class ProviderAnswer:
    """ A provider as they stand.

        Attributes:
            id (UUID):
            name (str):
            timezone (str):
            email (None | str):
            phone (None | str):
            calendar_id (None | str):
            service_ids (list[UUID]):
            max_per_day (int | None):
            max_per_week (int | None):
            external_id (None | str | Unset):
     """

    id: UUID
    name: str
    timezone: str
    email: None | str
    phone: None | str
    calendar_id: None | str
    service_ids: list[UUID]
    max_per_day: int | None
    max_per_week: int | None
    external_id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        timezone = self.timezone

        email: None | str
        email = self.email

        phone: None | str
        phone = self.phone

        calendar_id: None | str
        calendar_id = self.calendar_id

        service_ids = []
        for service_ids_item_data in self.service_ids:
            service_ids_item = str(service_ids_item_data)
            service_ids.append(service_ids_item)



        max_per_day: int | None
        max_per_day = self.max_per_day

        max_per_week: int | None
        max_per_week = self.max_per_week

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
            "timezone": timezone,
            "email": email,
            "phone": phone,
            "calendar_id": calendar_id,
            "service_ids": service_ids,
            "max_per_day": max_per_day,
            "max_per_week": max_per_week,
        })
        if external_id is not UNSET:
            field_dict["external_id"] = external_id

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        name = d.pop("name")

        timezone = d.pop("timezone")

        def _parse_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))


        def _parse_phone(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        phone = _parse_phone(d.pop("phone"))


        def _parse_calendar_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        calendar_id = _parse_calendar_id(d.pop("calendar_id"))


        service_ids = []
        _service_ids = d.pop("service_ids")
        for service_ids_item_data in (_service_ids):
            service_ids_item = UUID(service_ids_item_data)



            service_ids.append(service_ids_item)


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


        def _parse_external_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        external_id = _parse_external_id(d.pop("external_id", UNSET))


        provider_answer = cls(
            id=id,
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


        provider_answer.additional_properties = d
        return provider_answer

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
