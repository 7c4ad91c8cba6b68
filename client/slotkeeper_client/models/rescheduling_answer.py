from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast






T = TypeVar("T", bound="ReschedulingAnswer")



@_attrs_define
class ReschedulingAnswer:
    """ Until when customers may move a booking themselves, and how often.

        Attributes:
            min_notice_minutes (int):
            most_times (int | None):
     """

    min_notice_minutes: int
    most_times: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        min_notice_minutes = self.min_notice_minutes

        most_times: int | None
        most_times = self.most_times


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "min_notice_minutes": min_notice_minutes,
            "most_times": most_times,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        min_notice_minutes = d.pop("min_notice_minutes")

        def _parse_most_times(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        most_times = _parse_most_times(d.pop("most_times"))


        rescheduling_answer = cls(
            min_notice_minutes=min_notice_minutes,
            most_times=most_times,
        )


        rescheduling_answer.additional_properties = d
        return rescheduling_answer

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
