from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.booking_answer import BookingAnswer
  from ..models.known_booking_answer_changes_item import KnownBookingAnswerChangesItem
  from ..models.known_operation import KnownOperation
  from ..models.message_answer import MessageAnswer
  from ..models.timeline_entry_answer import TimelineEntryAnswer





T = TypeVar("T", bound="KnownBookingAnswer")



@_attrs_define
class KnownBookingAnswer:
    """ One booking, with all that was said, sent and done about it.

        Attributes:
            booking (BookingAnswer): A booking as it stands. Its times are on the provider's clock, which `timezone` names;
                the price is for all seats.
            closing_words (None | str): What was said when it was cancelled or declined.
            changes (list[KnownBookingAnswerChangesItem]):
            operations (list[KnownOperation]):
            messages (list[MessageAnswer]):
            timeline (list[TimelineEntryAnswer]):
     """

    booking: BookingAnswer
    closing_words: None | str
    changes: list[KnownBookingAnswerChangesItem]
    operations: list[KnownOperation]
    messages: list[MessageAnswer]
    timeline: list[TimelineEntryAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.booking_answer import BookingAnswer # noqa: PLC0415
        from ..models.known_booking_answer_changes_item import KnownBookingAnswerChangesItem # noqa: PLC0415
        from ..models.known_operation import KnownOperation # noqa: PLC0415
        from ..models.message_answer import MessageAnswer # noqa: PLC0415
        from ..models.timeline_entry_answer import TimelineEntryAnswer # noqa: PLC0415
        booking = self.booking.to_dict()

        closing_words: None | str
        closing_words = self.closing_words

        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)



        operations = []
        for operations_item_data in self.operations:
            operations_item = operations_item_data.to_dict()
            operations.append(operations_item)



        messages = []
        for messages_item_data in self.messages:
            messages_item = messages_item_data.to_dict()
            messages.append(messages_item)



        timeline = []
        for timeline_item_data in self.timeline:
            timeline_item = timeline_item_data.to_dict()
            timeline.append(timeline_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "booking": booking,
            "closing_words": closing_words,
            "changes": changes,
            "operations": operations,
            "messages": messages,
            "timeline": timeline,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.booking_answer import BookingAnswer # noqa: PLC0415
        from ..models.known_booking_answer_changes_item import KnownBookingAnswerChangesItem # noqa: PLC0415
        from ..models.known_operation import KnownOperation # noqa: PLC0415
        from ..models.message_answer import MessageAnswer # noqa: PLC0415
        from ..models.timeline_entry_answer import TimelineEntryAnswer # noqa: PLC0415
        d = dict(src_dict)
        booking = BookingAnswer.from_dict(d.pop("booking"))




        def _parse_closing_words(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        closing_words = _parse_closing_words(d.pop("closing_words"))


        changes = []
        _changes = d.pop("changes")
        for changes_item_data in (_changes):
            changes_item = KnownBookingAnswerChangesItem.from_dict(changes_item_data)



            changes.append(changes_item)


        operations = []
        _operations = d.pop("operations")
        for operations_item_data in (_operations):
            operations_item = KnownOperation.from_dict(operations_item_data)



            operations.append(operations_item)


        messages = []
        _messages = d.pop("messages")
        for messages_item_data in (_messages):
            messages_item = MessageAnswer.from_dict(messages_item_data)



            messages.append(messages_item)


        timeline = []
        _timeline = d.pop("timeline")
        for timeline_item_data in (_timeline):
            timeline_item = TimelineEntryAnswer.from_dict(timeline_item_data)



            timeline.append(timeline_item)


        known_booking_answer = cls(
            booking=booking,
            closing_words=closing_words,
            changes=changes,
            operations=operations,
            messages=messages,
            timeline=timeline,
        )


        known_booking_answer.additional_properties = d
        return known_booking_answer

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
