from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.event_type import EventType
from typing import cast
import datetime

if TYPE_CHECKING:
  from ..models.booking_answer import BookingAnswer
  from ..models.event_detail import EventDetail





T = TypeVar("T", bound="Event")



@_attrs_define
class Event:
    """ What an endpoint is sent, after Standard Webhooks: https://www.standardwebhooks.com

    `data` is the booking as the change left it, without its `next_action`. An event may come twice, under one `webhook-
    id`.
    `sequence` grows along a booking: whoever has seen a higher one of it has later news.

        Attributes:
            type_ (EventType):
            timestamp (datetime.datetime):
            sequence (int):
            detail (EventDetail): Codes and numbers of the change, as the timeline has them.
            data (BookingAnswer): A booking as it stands. Its times are on the provider's clock, which `timezone` names; the
                price is for all seats.
     """

    type_: EventType
    timestamp: datetime.datetime
    sequence: int
    detail: EventDetail
    data: BookingAnswer
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.booking_answer import BookingAnswer # noqa: PLC0415
        from ..models.event_detail import EventDetail # noqa: PLC0415
        type_ = self.type_.value

        timestamp = self.timestamp.isoformat()

        sequence = self.sequence

        detail = self.detail.to_dict()

        data = self.data.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "type": type_,
            "timestamp": timestamp,
            "sequence": sequence,
            "detail": detail,
            "data": data,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.booking_answer import BookingAnswer # noqa: PLC0415
        from ..models.event_detail import EventDetail # noqa: PLC0415
        d = dict(src_dict)
        type_ = EventType(d.pop("type"))




        timestamp = datetime.datetime.fromisoformat(d.pop("timestamp"))




        sequence = d.pop("sequence")

        detail = EventDetail.from_dict(d.pop("detail"))




        data = BookingAnswer.from_dict(d.pop("data"))




        event = cls(
            type_=type_,
            timestamp=timestamp,
            sequence=sequence,
            detail=detail,
            data=data,
        )


        event.additional_properties = d
        return event

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
