from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.booking_status import BookingStatus
from typing import cast
import datetime

if TYPE_CHECKING:
  from ..models.timeline_entry_answer_detail import TimelineEntryAnswerDetail





T = TypeVar("T", bound="TimelineEntryAnswer")



@_attrs_define
class TimelineEntryAnswer:
    """ One thing that happened.

        Attributes:
            at (datetime.datetime):
            kind (str):
            status (BookingStatus | None):
            detail (TimelineEntryAnswerDetail):
     """

    at: datetime.datetime
    kind: str
    status: BookingStatus | None
    detail: TimelineEntryAnswerDetail
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.timeline_entry_answer_detail import TimelineEntryAnswerDetail # noqa: PLC0415
        at = self.at.isoformat()

        kind = self.kind

        status: None | str
        if isinstance(self.status, BookingStatus):
            status = self.status.value
        else:
            status = self.status

        detail = self.detail.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "at": at,
            "kind": kind,
            "status": status,
            "detail": detail,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.timeline_entry_answer_detail import TimelineEntryAnswerDetail # noqa: PLC0415
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))




        kind = d.pop("kind")

        def _parse_status(data: object) -> BookingStatus | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = BookingStatus(data)



                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BookingStatus | None, data)

        status = _parse_status(d.pop("status"))


        detail = TimelineEntryAnswerDetail.from_dict(d.pop("detail"))




        timeline_entry_answer = cls(
            at=at,
            kind=kind,
            status=status,
            detail=detail,
        )


        timeline_entry_answer.additional_properties = d
        return timeline_entry_answer

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
