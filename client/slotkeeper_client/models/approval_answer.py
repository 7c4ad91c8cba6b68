from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.approval_state import ApprovalState
from typing import cast
import datetime






T = TypeVar("T", bound="ApprovalAnswer")



@_attrs_define
class ApprovalAnswer:
    """ How the provider's yes stands: `lapsed` where no answer came, `withdrawn` where the booking ended before one did.

    `decide_by` is on the provider's clock. Where `payment_needed`, the customer has to confirm once more with another
    payment
    method: the reserved money could not be renewed.

        Attributes:
            state (ApprovalState): How an approval stands. `lapsed`: nobody answered; `withdrawn`: the booking ended before
                anybody did.
            decide_by (datetime.datetime):
            payment_needed (bool):
     """

    state: ApprovalState
    decide_by: datetime.datetime
    payment_needed: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        state = self.state.value

        decide_by = self.decide_by.isoformat()

        payment_needed = self.payment_needed


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "state": state,
            "decide_by": decide_by,
            "payment_needed": payment_needed,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        state = ApprovalState(d.pop("state"))




        decide_by = datetime.datetime.fromisoformat(d.pop("decide_by"))




        payment_needed = d.pop("payment_needed")

        approval_answer = cls(
            state=state,
            decide_by=decide_by,
            payment_needed=payment_needed,
        )


        approval_answer.additional_properties = d
        return approval_answer

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
