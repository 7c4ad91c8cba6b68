from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.refund_state import RefundState






T = TypeVar("T", bound="RefundAnswer")



@_attrs_define
class RefundAnswer:
    """ Money on its way back, in minor units. `requested` is not yet with the vendor, `pending` not yet with the customer.

        Attributes:
            amount (int):
            currency (str):
            state (RefundState): How a refund stands: `requested` is ours alone, the rest is what the vendor says.
            reason (str):
     """

    amount: int
    currency: str
    state: RefundState
    reason: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        currency = self.currency

        state = self.state.value

        reason = self.reason


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "amount": amount,
            "currency": currency,
            "state": state,
            "reason": reason,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount = d.pop("amount")

        currency = d.pop("currency")

        state = RefundState(d.pop("state"))




        reason = d.pop("reason")

        refund_answer = cls(
            amount=amount,
            currency=currency,
            state=state,
            reason=reason,
        )


        refund_answer.additional_properties = d
        return refund_answer

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
