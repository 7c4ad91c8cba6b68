from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="OfferedDuration")



@_attrs_define
class OfferedDuration:
    """ Another length in which the service is sold, and its price for one seat in the service's currency.

        Attributes:
            duration_minutes (int):
            amount (int):
     """

    duration_minutes: int
    amount: int





    def to_dict(self) -> dict[str, Any]:
        duration_minutes = self.duration_minutes

        amount = self.amount


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "duration_minutes": duration_minutes,
            "amount": amount,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        duration_minutes = d.pop("duration_minutes")

        amount = d.pop("amount")

        offered_duration = cls(
            duration_minutes=duration_minutes,
            amount=amount,
        )

        return offered_duration

