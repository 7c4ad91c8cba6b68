from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
  from ..models.open_from import OpenFrom





T = TypeVar("T", bound="Weekly")



@_attrs_define
class Weekly:
    """ The hours of each weekday; a day that is left out, or empty, is closed.

        Attributes:
            monday (list[OpenFrom] | Unset):
            tuesday (list[OpenFrom] | Unset):
            wednesday (list[OpenFrom] | Unset):
            thursday (list[OpenFrom] | Unset):
            friday (list[OpenFrom] | Unset):
            saturday (list[OpenFrom] | Unset):
            sunday (list[OpenFrom] | Unset):
     """

    monday: list[OpenFrom] | Unset = UNSET
    tuesday: list[OpenFrom] | Unset = UNSET
    wednesday: list[OpenFrom] | Unset = UNSET
    thursday: list[OpenFrom] | Unset = UNSET
    friday: list[OpenFrom] | Unset = UNSET
    saturday: list[OpenFrom] | Unset = UNSET
    sunday: list[OpenFrom] | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.open_from import OpenFrom # noqa: PLC0415
        monday: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.monday, Unset):
            monday = []
            for monday_item_data in self.monday:
                monday_item = monday_item_data.to_dict()
                monday.append(monday_item)



        tuesday: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.tuesday, Unset):
            tuesday = []
            for tuesday_item_data in self.tuesday:
                tuesday_item = tuesday_item_data.to_dict()
                tuesday.append(tuesday_item)



        wednesday: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.wednesday, Unset):
            wednesday = []
            for wednesday_item_data in self.wednesday:
                wednesday_item = wednesday_item_data.to_dict()
                wednesday.append(wednesday_item)



        thursday: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.thursday, Unset):
            thursday = []
            for thursday_item_data in self.thursday:
                thursday_item = thursday_item_data.to_dict()
                thursday.append(thursday_item)



        friday: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.friday, Unset):
            friday = []
            for friday_item_data in self.friday:
                friday_item = friday_item_data.to_dict()
                friday.append(friday_item)



        saturday: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.saturday, Unset):
            saturday = []
            for saturday_item_data in self.saturday:
                saturday_item = saturday_item_data.to_dict()
                saturday.append(saturday_item)



        sunday: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.sunday, Unset):
            sunday = []
            for sunday_item_data in self.sunday:
                sunday_item = sunday_item_data.to_dict()
                sunday.append(sunday_item)




        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if monday is not UNSET:
            field_dict["monday"] = monday
        if tuesday is not UNSET:
            field_dict["tuesday"] = tuesday
        if wednesday is not UNSET:
            field_dict["wednesday"] = wednesday
        if thursday is not UNSET:
            field_dict["thursday"] = thursday
        if friday is not UNSET:
            field_dict["friday"] = friday
        if saturday is not UNSET:
            field_dict["saturday"] = saturday
        if sunday is not UNSET:
            field_dict["sunday"] = sunday

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.open_from import OpenFrom # noqa: PLC0415
        d = dict(src_dict)
        _monday = d.pop("monday", UNSET)
        monday: list[OpenFrom] | Unset = UNSET
        if _monday is not UNSET:
            monday = []
            for monday_item_data in _monday:
                monday_item = OpenFrom.from_dict(monday_item_data)



                monday.append(monday_item)


        _tuesday = d.pop("tuesday", UNSET)
        tuesday: list[OpenFrom] | Unset = UNSET
        if _tuesday is not UNSET:
            tuesday = []
            for tuesday_item_data in _tuesday:
                tuesday_item = OpenFrom.from_dict(tuesday_item_data)



                tuesday.append(tuesday_item)


        _wednesday = d.pop("wednesday", UNSET)
        wednesday: list[OpenFrom] | Unset = UNSET
        if _wednesday is not UNSET:
            wednesday = []
            for wednesday_item_data in _wednesday:
                wednesday_item = OpenFrom.from_dict(wednesday_item_data)



                wednesday.append(wednesday_item)


        _thursday = d.pop("thursday", UNSET)
        thursday: list[OpenFrom] | Unset = UNSET
        if _thursday is not UNSET:
            thursday = []
            for thursday_item_data in _thursday:
                thursday_item = OpenFrom.from_dict(thursday_item_data)



                thursday.append(thursday_item)


        _friday = d.pop("friday", UNSET)
        friday: list[OpenFrom] | Unset = UNSET
        if _friday is not UNSET:
            friday = []
            for friday_item_data in _friday:
                friday_item = OpenFrom.from_dict(friday_item_data)



                friday.append(friday_item)


        _saturday = d.pop("saturday", UNSET)
        saturday: list[OpenFrom] | Unset = UNSET
        if _saturday is not UNSET:
            saturday = []
            for saturday_item_data in _saturday:
                saturday_item = OpenFrom.from_dict(saturday_item_data)



                saturday.append(saturday_item)


        _sunday = d.pop("sunday", UNSET)
        sunday: list[OpenFrom] | Unset = UNSET
        if _sunday is not UNSET:
            sunday = []
            for sunday_item_data in _sunday:
                sunday_item = OpenFrom.from_dict(sunday_item_data)



                sunday.append(sunday_item)


        weekly = cls(
            monday=monday,
            tuesday=tuesday,
            wednesday=wednesday,
            thursday=thursday,
            friday=friday,
            saturday=saturday,
            sunday=sunday,
        )

        return weekly

