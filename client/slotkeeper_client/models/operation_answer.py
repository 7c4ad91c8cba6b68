from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.operation_kind import OperationKind
from typing import cast

if TYPE_CHECKING:
  from ..models.price_answer import PriceAnswer





T = TypeVar("T", bound="OperationAnswer")



@_attrs_define
class OperationAnswer:
    """ What an operation came to. `outcome` is a code: of a refund the vendor's state, of a message whether it was sent or
    is
    still `trying`. `amount` is what is given back, in minor units. A repeat is answered `done-before`.

        Attributes:
            id (str):
            operation (OperationKind): Retry a step now, leave it out, call it done by hand, give money back, send a message
                again, give up a hold.
            step (None | str):
            by (str):
            outcome (str):
            amount (None | PriceAnswer):
     """

    id: str
    operation: OperationKind
    step: None | str
    by: str
    outcome: str
    amount: None | PriceAnswer
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        id = self.id

        operation = self.operation.value

        step: None | str
        step = self.step

        by = self.by

        outcome = self.outcome

        amount: dict[str, Any] | None
        if isinstance(self.amount, PriceAnswer):
            amount = self.amount.to_dict()
        else:
            amount = self.amount


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "operation": operation,
            "step": step,
            "by": by,
            "outcome": outcome,
            "amount": amount,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        d = dict(src_dict)
        id = d.pop("id")

        operation = OperationKind(d.pop("operation"))




        def _parse_step(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        step = _parse_step(d.pop("step"))


        by = d.pop("by")

        outcome = d.pop("outcome")

        def _parse_amount(data: object) -> None | PriceAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                amount_type_0 = PriceAnswer.from_dict(data)



                return amount_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PriceAnswer, data)

        amount = _parse_amount(d.pop("amount"))


        operation_answer = cls(
            id=id,
            operation=operation,
            step=step,
            by=by,
            outcome=outcome,
            amount=amount,
        )


        operation_answer.additional_properties = d
        return operation_answer

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
