from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.holiday_answer import HolidayAnswer





T = TypeVar("T", bound="HolidaysAnswer")



@_attrs_define
class HolidaysAnswer:
    """ What the business keeps, and the holidays from today on for twelve months.

        Attributes:
            country (None | str):
            region (None | str):
            not_kept (list[str]):
            days (list[HolidayAnswer]):
     """

    country: None | str
    region: None | str
    not_kept: list[str]
    days: list[HolidayAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.holiday_answer import HolidayAnswer # noqa: PLC0415
        country: None | str
        country = self.country

        region: None | str
        region = self.region

        not_kept = self.not_kept



        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "country": country,
            "region": region,
            "not_kept": not_kept,
            "days": days,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.holiday_answer import HolidayAnswer # noqa: PLC0415
        d = dict(src_dict)
        def _parse_country(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        country = _parse_country(d.pop("country"))


        def _parse_region(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        region = _parse_region(d.pop("region"))


        not_kept = cast(list[str], d.pop("not_kept"))


        days = []
        _days = d.pop("days")
        for days_item_data in (_days):
            days_item = HolidayAnswer.from_dict(days_item_data)



            days.append(days_item)


        holidays_answer = cls(
            country=country,
            region=region,
            not_kept=not_kept,
            days=days,
        )


        holidays_answer.additional_properties = d
        return holidays_answer

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
