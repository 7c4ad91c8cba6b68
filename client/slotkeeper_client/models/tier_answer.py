from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.notice_unit import NoticeUnit






T = TypeVar("T", bound="TierAnswer")



@_attrs_define
class TierAnswer:
    """ With this much notice, this much of what was paid comes back.

        Attributes:
            unit (NoticeUnit): In what a business counts notice. Minutes and hours are elapsed time, days are dates on the
                business's wall.
            notice (int):
            refund_percent (int):
     """

    unit: NoticeUnit
    notice: int
    refund_percent: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        unit = self.unit.value

        notice = self.notice

        refund_percent = self.refund_percent


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "unit": unit,
            "notice": notice,
            "refund_percent": refund_percent,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        unit = NoticeUnit(d.pop("unit"))




        notice = d.pop("notice")

        refund_percent = d.pop("refund_percent")

        tier_answer = cls(
            unit=unit,
            notice=notice,
            refund_percent=refund_percent,
        )


        tier_answer.additional_properties = d
        return tier_answer

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
