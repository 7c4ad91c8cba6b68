from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="NewBusyCalendar")



@_attrs_define
class NewBusyCalendar:
    """ A calendar in which the provider has other appointments. Unless it was read lately, nobody knows whether they are
    free.

        Attributes:
            name (str):
            good_for_minutes (int): For how long a reading is believed. After that the provider's time is unknown, and not
                offered.
     """

    name: str
    good_for_minutes: int





    def to_dict(self) -> dict[str, Any]:
        name = self.name

        good_for_minutes = self.good_for_minutes


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "name": name,
            "good_for_minutes": good_for_minutes,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        good_for_minutes = d.pop("good_for_minutes")

        new_busy_calendar = cls(
            name=name,
            good_for_minutes=good_for_minutes,
        )

        return new_busy_calendar

