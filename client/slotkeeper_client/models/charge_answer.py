from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast






T = TypeVar("T", bound="ChargeAnswer")



@_attrs_define
class ChargeAnswer:
    """ What was charged after the first payment, in minor units; `decline_code` is the vendor's where the bank said no.

        Attributes:
            amount (int):
            currency (str):
            state (str):
            reason (str):
            decline_code (None | str):
     """

    amount: int
    currency: str
    state: str
    reason: str
    decline_code: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        currency = self.currency

        state = self.state

        reason = self.reason

        decline_code: None | str
        decline_code = self.decline_code


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "amount": amount,
            "currency": currency,
            "state": state,
            "reason": reason,
            "decline_code": decline_code,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount = d.pop("amount")

        currency = d.pop("currency")

        state = d.pop("state")

        reason = d.pop("reason")

        def _parse_decline_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        decline_code = _parse_decline_code(d.pop("decline_code"))


        charge_answer = cls(
            amount=amount,
            currency=currency,
            state=state,
            reason=reason,
            decline_code=decline_code,
        )


        charge_answer.additional_properties = d
        return charge_answer

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
