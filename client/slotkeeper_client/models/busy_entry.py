from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime






T = TypeVar("T", bound="BusyEntry")



@_attrs_define
class BusyEntry:
    """ One entry, under the id it has in its calendar.

        Attributes:
            id (str):
            starts_at (datetime.datetime):
            ends_at (datetime.datetime):
     """

    id: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime





    def to_dict(self) -> dict[str, Any]:
        id = self.id

        starts_at = self.starts_at.isoformat()

        ends_at = self.ends_at.isoformat()


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "id": id,
            "starts_at": starts_at,
            "ends_at": ends_at,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))




        ends_at = datetime.datetime.fromisoformat(d.pop("ends_at"))




        busy_entry = cls(
            id=id,
            starts_at=starts_at,
            ends_at=ends_at,
        )

        return busy_entry

