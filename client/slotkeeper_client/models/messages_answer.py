from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.message_answer import MessageAnswer





T = TypeVar("T", bound="MessagesAnswer")



@_attrs_define
class MessagesAnswer:
    """ What was sent about a booking and what became of it, in the order of the first tries.

    `queued`: on its way, or still tried. `sent`: the carrier has it. `delivered` and `undelivered`: what the carrier
    says of a
    text later. `refused`: never to be delivered.

        Attributes:
            items (list[MessageAnswer]):
            timezone (str):
     """

    items: list[MessageAnswer]
    timezone: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.message_answer import MessageAnswer # noqa: PLC0415
        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)



        timezone = self.timezone


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "items": items,
            "timezone": timezone,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.message_answer import MessageAnswer # noqa: PLC0415
        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in (_items):
            items_item = MessageAnswer.from_dict(items_item_data)



            items.append(items_item)


        timezone = d.pop("timezone")

        messages_answer = cls(
            items=items,
            timezone=timezone,
        )


        messages_answer.additional_properties = d
        return messages_answer

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
