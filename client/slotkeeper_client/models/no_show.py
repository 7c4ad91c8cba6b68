from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="NoShow")



@_attrs_define
class NoShow:
    """ What not coming costs: a part of the price or a fixed amount of its currency, charged on the payment method that
    paid.
    Staff may say so from the start until `window_minutes` after the end.

        Attributes:
            fee_percent (int | Unset):  Default: 0.
            fee_amount (int | None | Unset): In minor units; instead of `fee_percent`.
            window_minutes (int | Unset):  Default: 1440.
     """

    fee_percent: int | Unset = 0
    fee_amount: int | None | Unset = UNSET
    window_minutes: int | Unset = 1440





    def to_dict(self) -> dict[str, Any]:
        fee_percent = self.fee_percent

        fee_amount: int | None | Unset
        if isinstance(self.fee_amount, Unset):
            fee_amount = UNSET
        else:
            fee_amount = self.fee_amount

        window_minutes = self.window_minutes


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if fee_percent is not UNSET:
            field_dict["fee_percent"] = fee_percent
        if fee_amount is not UNSET:
            field_dict["fee_amount"] = fee_amount
        if window_minutes is not UNSET:
            field_dict["window_minutes"] = window_minutes

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        fee_percent = d.pop("fee_percent", UNSET)

        def _parse_fee_amount(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        fee_amount = _parse_fee_amount(d.pop("fee_amount", UNSET))


        window_minutes = d.pop("window_minutes", UNSET)

        no_show = cls(
            fee_percent=fee_percent,
            fee_amount=fee_amount,
            window_minutes=window_minutes,
        )

        return no_show

