from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
  from ..models.busy_entry import BusyEntry





T = TypeVar("T", bound="Reading")



@_attrs_define
class Reading:
    """ All that the calendar held when it was read; what is left out is there no more.

        Attributes:
            read_at (datetime.datetime):
            times (list[BusyEntry]):
     """

    read_at: datetime.datetime
    times: list[BusyEntry]





    def to_dict(self) -> dict[str, Any]:
        from ..models.busy_entry import BusyEntry # noqa: PLC0415
        read_at = self.read_at.isoformat()

        times = []
        for times_item_data in self.times:
            times_item = times_item_data.to_dict()
            times.append(times_item)




        field_dict: dict[str, Any] = {}

        field_dict.update({
            "read_at": read_at,
            "times": times,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.busy_entry import BusyEntry # noqa: PLC0415
        d = dict(src_dict)
        read_at = datetime.datetime.fromisoformat(d.pop("read_at"))




        times = []
        _times = d.pop("times")
        for times_item_data in (_times):
            times_item = BusyEntry.from_dict(times_item_data)



            times.append(times_item)


        reading = cls(
            read_at=read_at,
            times=times,
        )

        return reading

