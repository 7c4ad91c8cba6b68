from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.channel import Channel
from ..models.messages_delivery_state import MessagesDeliveryState
from ..models.recipient import Recipient
from typing import cast
import datetime






T = TypeVar("T", bound="MessageAnswer")



@_attrs_define
class MessageAnswer:
    """ One message. `message` is its kind, with what tells it from others of that kind; `code` is the carrier's own number.

        Attributes:
            message (str):
            channel (Channel): By what a message goes.
            recipient (Recipient): Who is written to: each in their own language and zone, and only where they left an
                address.
            state (MessagesDeliveryState): What became of a message, in the order in which it can be heard of. E-mail is
                never heard of again once it is `sent`.

                `queued`: not handed over yet, or the carrier has it and says more later. `refused`: the carrier would not take
                it.
            code (None | str):
            created_at (datetime.datetime):
            updated_at (datetime.datetime):
     """

    message: str
    channel: Channel
    recipient: Recipient
    state: MessagesDeliveryState
    code: None | str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        message = self.message

        channel = self.channel.value

        recipient = self.recipient.value

        state = self.state.value

        code: None | str
        code = self.code

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "message": message,
            "channel": channel,
            "recipient": recipient,
            "state": state,
            "code": code,
            "created_at": created_at,
            "updated_at": updated_at,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        message = d.pop("message")

        channel = Channel(d.pop("channel"))




        recipient = Recipient(d.pop("recipient"))




        state = MessagesDeliveryState(d.pop("state"))




        def _parse_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        code = _parse_code(d.pop("code"))


        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))




        message_answer = cls(
            message=message,
            channel=channel,
            recipient=recipient,
            state=state,
            code=code,
            created_at=created_at,
            updated_at=updated_at,
        )


        message_answer.additional_properties = d
        return message_answer

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
