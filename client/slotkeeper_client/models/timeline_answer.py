from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID

if TYPE_CHECKING:
  from ..models.timeline_entry_answer import TimelineEntryAnswer





T = TypeVar("T", bound="TimelineAnswer")



@_attrs_define
class TimelineAnswer:
    """ Everything that happened to a booking, oldest first, on the clock that `timezone` names.

        Attributes:
            booking_id (UUID):
            timezone (str):
            items (list[TimelineEntryAnswer]):
     """

    booking_id: UUID
    timezone: str
    items: list[TimelineEntryAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.timeline_entry_answer import TimelineEntryAnswer # noqa: PLC0415
        booking_id = str(self.booking_id)

        timezone = self.timezone

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "booking_id": booking_id,
            "timezone": timezone,
            "items": items,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.timeline_entry_answer import TimelineEntryAnswer # noqa: PLC0415
        d = dict(src_dict)
        booking_id = UUID(d.pop("booking_id"))




        timezone = d.pop("timezone")

        items = []
        _items = d.pop("items")
        for items_item_data in (_items):
            items_item = TimelineEntryAnswer.from_dict(items_item_data)



            items.append(items_item)


        timeline_answer = cls(
            booking_id=booking_id,
            timezone=timezone,
            items=items,
        )


        timeline_answer.additional_properties = d
        return timeline_answer

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
