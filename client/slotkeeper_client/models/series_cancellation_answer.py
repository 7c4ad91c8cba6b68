from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.cancellation_answer import CancellationAnswer





T = TypeVar("T", bound="SeriesCancellationAnswer")



@_attrs_define
class SeriesCancellationAnswer:
    """ What cancelling these bookings now would give back: each by its own policy and notice, and their sum in minor units.

        Attributes:
            refund (int):
            kept (int):
            currency (str):
            items (list[CancellationAnswer]):
     """

    refund: int
    kept: int
    currency: str
    items: list[CancellationAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.cancellation_answer import CancellationAnswer # noqa: PLC0415
        refund = self.refund

        kept = self.kept

        currency = self.currency

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "refund": refund,
            "kept": kept,
            "currency": currency,
            "items": items,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cancellation_answer import CancellationAnswer # noqa: PLC0415
        d = dict(src_dict)
        refund = d.pop("refund")

        kept = d.pop("kept")

        currency = d.pop("currency")

        items = []
        _items = d.pop("items")
        for items_item_data in (_items):
            items_item = CancellationAnswer.from_dict(items_item_data)



            items.append(items_item)


        series_cancellation_answer = cls(
            refund=refund,
            kept=kept,
            currency=currency,
            items=items,
        )


        series_cancellation_answer.additional_properties = d
        return series_cancellation_answer

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
