from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.channel import Channel
from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="OfferedReminder")



@_attrs_define
class OfferedReminder:
    """ One reminder, so long before the start, by these channels.

        Attributes:
            minutes_before (int):
            channels (list[Channel] | Unset):
     """

    minutes_before: int
    channels: list[Channel] | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        minutes_before = self.minutes_before

        channels: list[str] | Unset = UNSET
        if not isinstance(self.channels, Unset):
            channels = []
            for channels_item_data in self.channels:
                channels_item = channels_item_data.value
                channels.append(channels_item)




        field_dict: dict[str, Any] = {}

        field_dict.update({
            "minutes_before": minutes_before,
        })
        if channels is not UNSET:
            field_dict["channels"] = channels

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        minutes_before = d.pop("minutes_before")

        _channels = d.pop("channels", UNSET)
        channels: list[Channel] | Unset = UNSET
        if _channels is not UNSET:
            channels = []
            for channels_item_data in _channels:
                channels_item = Channel(channels_item_data)



                channels.append(channels_item)


        offered_reminder = cls(
            minutes_before=minutes_before,
            channels=channels,
        )

        return offered_reminder

