from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="BusyCalendarAnswer")



@_attrs_define
class BusyCalendarAnswer:
    """ A calendar outside. While it is not `known`, its provider's time is not offered.

        Attributes:
            id (UUID):
            provider_id (UUID):
            name (str):
            good_for_minutes (int):
            read_at (datetime.datetime | None):
            known (bool):
     """

    id: UUID
    provider_id: UUID
    name: str
    good_for_minutes: int
    read_at: datetime.datetime | None
    known: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        provider_id = str(self.provider_id)

        name = self.name

        good_for_minutes = self.good_for_minutes

        read_at: None | str
        if isinstance(self.read_at, datetime.datetime):
            read_at = self.read_at.isoformat()
        else:
            read_at = self.read_at

        known = self.known


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "provider_id": provider_id,
            "name": name,
            "good_for_minutes": good_for_minutes,
            "read_at": read_at,
            "known": known,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        provider_id = UUID(d.pop("provider_id"))




        name = d.pop("name")

        good_for_minutes = d.pop("good_for_minutes")

        def _parse_read_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                read_at_type_0 = datetime.datetime.fromisoformat(data)



                return read_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        read_at = _parse_read_at(d.pop("read_at"))


        known = d.pop("known")

        busy_calendar_answer = cls(
            id=id,
            provider_id=provider_id,
            name=name,
            good_for_minutes=good_for_minutes,
            read_at=read_at,
            known=known,
        )


        busy_calendar_answer.additional_properties = d
        return busy_calendar_answer

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
