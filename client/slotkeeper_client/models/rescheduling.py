from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="Rescheduling")



@_attrs_define
class Rescheduling:
    """ Until when customers may move a booking themselves, and how often; null is as often as they like.

        Attributes:
            min_notice_minutes (int | Unset):  Default: 0.
            most_times (int | None | Unset):
     """

    min_notice_minutes: int | Unset = 0
    most_times: int | None | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        min_notice_minutes = self.min_notice_minutes

        most_times: int | None | Unset
        if isinstance(self.most_times, Unset):
            most_times = UNSET
        else:
            most_times = self.most_times


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if min_notice_minutes is not UNSET:
            field_dict["min_notice_minutes"] = min_notice_minutes
        if most_times is not UNSET:
            field_dict["most_times"] = most_times

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        min_notice_minutes = d.pop("min_notice_minutes", UNSET)

        def _parse_most_times(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        most_times = _parse_most_times(d.pop("most_times", UNSET))


        rescheduling = cls(
            min_notice_minutes=min_notice_minutes,
            most_times=most_times,
        )

        return rescheduling

