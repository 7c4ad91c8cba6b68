from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="ReadingAnswer")



@_attrs_define
class ReadingAnswer:
    """ What is known of the calendar now.

        Attributes:
            calendar_id (UUID):
            read_at (datetime.datetime):
            times (int): How many entries are known.
     """

    calendar_id: UUID
    read_at: datetime.datetime
    times: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        calendar_id = str(self.calendar_id)

        read_at = self.read_at.isoformat()

        times = self.times


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "calendar_id": calendar_id,
            "read_at": read_at,
            "times": times,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        calendar_id = UUID(d.pop("calendar_id"))




        read_at = datetime.datetime.fromisoformat(d.pop("read_at"))




        times = d.pop("times")

        reading_answer = cls(
            calendar_id=calendar_id,
            read_at=read_at,
            times=times,
        )


        reading_answer.additional_properties = d
        return reading_answer

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
