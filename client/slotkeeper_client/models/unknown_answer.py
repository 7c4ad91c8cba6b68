from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID






T = TypeVar("T", bound="UnknownAnswer")



@_attrs_define
class UnknownAnswer:
    """ A provider, or a resource, of whom nobody knows whether they are free: these calendars could not be read lately.

        Attributes:
            provider_id (UUID):
            calendars (list[str]):
     """

    provider_id: UUID
    calendars: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        provider_id = str(self.provider_id)

        calendars = self.calendars




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "provider_id": provider_id,
            "calendars": calendars,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        provider_id = UUID(d.pop("provider_id"))




        calendars = cast(list[str], d.pop("calendars"))


        unknown_answer = cls(
            provider_id=provider_id,
            calendars=calendars,
        )


        unknown_answer.additional_properties = d
        return unknown_answer

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
