from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.notice_unit import NoticeUnit






T = TypeVar("T", bound="RefundTier")



@_attrs_define
class RefundTier:
    """ With this much notice, this much of what was paid comes back. Days end at the appointment's own time of day, in the
    business's zone; business days leave out its weekends and the holidays it keeps.

        Attributes:
            unit (NoticeUnit): In what a business counts notice. Minutes and hours are elapsed time, days are dates on the
                business's wall.
            notice (int):
            refund_percent (int):
     """

    unit: NoticeUnit
    notice: int
    refund_percent: int





    def to_dict(self) -> dict[str, Any]:
        unit = self.unit.value

        notice = self.notice

        refund_percent = self.refund_percent


        field_dict: dict[str, Any] = {}

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

        refund_tier = cls(
            unit=unit,
            notice=notice,
            refund_percent=refund_percent,
        )

        return refund_tier

