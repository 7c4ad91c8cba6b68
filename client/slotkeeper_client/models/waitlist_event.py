from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime

if TYPE_CHECKING:
  from ..models.waitlist_entry_answer import WaitlistEntryAnswer
  from ..models.waitlist_event_detail import WaitlistEventDetail





T = TypeVar("T", bound="WaitlistEvent")



@_attrs_define
class WaitlistEvent:
    """ What an endpoint is sent of an entry without a booking, after Standard Webhooks. `data` is the entry as it is now.

        Attributes:
            type_ (str):
            timestamp (datetime.datetime):
            data (WaitlistEntryAnswer): An entry as it stands. `position` counts from 1 among all who wait for the service,
                null for one that waits no more.

                `lapsed`: several offers were not answered; `over`: no day is left of what was wished for.
            sequence (int | Unset):  Default: 0.
            detail (WaitlistEventDetail | Unset):
     """

    type_: str
    timestamp: datetime.datetime
    data: WaitlistEntryAnswer
    sequence: int | Unset = 0
    detail: WaitlistEventDetail | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.waitlist_entry_answer import WaitlistEntryAnswer # noqa: PLC0415
        from ..models.waitlist_event_detail import WaitlistEventDetail # noqa: PLC0415
        type_ = self.type_

        timestamp = self.timestamp.isoformat()

        data = self.data.to_dict()

        sequence = self.sequence

        detail: dict[str, Any] | Unset = UNSET
        if not isinstance(self.detail, Unset):
            detail = self.detail.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "type": type_,
            "timestamp": timestamp,
            "data": data,
        })
        if sequence is not UNSET:
            field_dict["sequence"] = sequence
        if detail is not UNSET:
            field_dict["detail"] = detail

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.waitlist_entry_answer import WaitlistEntryAnswer # noqa: PLC0415
        from ..models.waitlist_event_detail import WaitlistEventDetail # noqa: PLC0415
        d = dict(src_dict)
        type_ = d.pop("type")

        timestamp = datetime.datetime.fromisoformat(d.pop("timestamp"))




        data = WaitlistEntryAnswer.from_dict(d.pop("data"))




        sequence = d.pop("sequence", UNSET)

        _detail = d.pop("detail", UNSET)
        detail: WaitlistEventDetail | Unset
        if isinstance(_detail,  Unset):
            detail = UNSET
        else:
            detail = WaitlistEventDetail.from_dict(_detail)




        waitlist_event = cls(
            type_=type_,
            timestamp=timestamp,
            data=data,
            sequence=sequence,
            detail=detail,
        )


        waitlist_event.additional_properties = d
        return waitlist_event

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
