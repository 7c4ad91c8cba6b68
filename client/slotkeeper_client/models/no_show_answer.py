from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast






T = TypeVar("T", bound="NoShowAnswer")



@_attrs_define
class NoShowAnswer:
    """ What not coming costs, and until when staff may say so.

        Attributes:
            fee_percent (int):
            fee_amount (int | None):
            window_minutes (int):
     """

    fee_percent: int
    fee_amount: int | None
    window_minutes: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        fee_percent = self.fee_percent

        fee_amount: int | None
        fee_amount = self.fee_amount

        window_minutes = self.window_minutes


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "fee_percent": fee_percent,
            "fee_amount": fee_amount,
            "window_minutes": window_minutes,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        fee_percent = d.pop("fee_percent")

        def _parse_fee_amount(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        fee_amount = _parse_fee_amount(d.pop("fee_amount"))


        window_minutes = d.pop("window_minutes")

        no_show_answer = cls(
            fee_percent=fee_percent,
            fee_amount=fee_amount,
            window_minutes=window_minutes,
        )


        no_show_answer.additional_properties = d
        return no_show_answer

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
