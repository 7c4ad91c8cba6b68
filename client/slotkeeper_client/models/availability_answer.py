from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
  from ..models.open_from import OpenFrom





T = TypeVar("T", bound="AvailabilityAnswer")



@_attrs_define
class AvailabilityAnswer:
    """ The date as it now stands, and the zone it is wall time in.

        Attributes:
            date (datetime.date):
            intervals (list[OpenFrom]):
            timezone (str):
     """

    date: datetime.date
    intervals: list[OpenFrom]
    timezone: str





    def to_dict(self) -> dict[str, Any]:
        from ..models.open_from import OpenFrom # noqa: PLC0415
        date = self.date.isoformat()

        intervals = []
        for intervals_item_data in self.intervals:
            intervals_item = intervals_item_data.to_dict()
            intervals.append(intervals_item)



        timezone = self.timezone


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "date": date,
            "intervals": intervals,
            "timezone": timezone,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.open_from import OpenFrom # noqa: PLC0415
        d = dict(src_dict)
        date = datetime.date.fromisoformat(d.pop("date"))




        intervals = []
        _intervals = d.pop("intervals")
        for intervals_item_data in (_intervals):
            intervals_item = OpenFrom.from_dict(intervals_item_data)



            intervals.append(intervals_item)


        timezone = d.pop("timezone")

        availability_answer = cls(
            date=date,
            intervals=intervals,
            timezone=timezone,
        )

        return availability_answer

