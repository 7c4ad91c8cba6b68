from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.channel import Channel
from ..models.message_kind import MessageKind
from ..models.recipient import Recipient
from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="ResendRequest")



@_attrs_define
class ResendRequest:
    """ Which message to send once more. A corrected address becomes this booking's own from then on.

        Attributes:
            message (MessageKind): Why somebody is written to.
            channel (Channel): By what a message goes.
            recipient (Recipient | Unset): Who is written to: each in their own language and zone, and only where they left
                an address.
            email (None | str | Unset):
            phone (None | str | Unset):
     """

    message: MessageKind
    channel: Channel
    recipient: Recipient | Unset = UNSET
    email: None | str | Unset = UNSET
    phone: None | str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        message = self.message.value

        channel = self.channel.value

        recipient: str | Unset = UNSET
        if not isinstance(self.recipient, Unset):
            recipient = self.recipient.value


        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        phone: None | str | Unset
        if isinstance(self.phone, Unset):
            phone = UNSET
        else:
            phone = self.phone


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "message": message,
            "channel": channel,
        })
        if recipient is not UNSET:
            field_dict["recipient"] = recipient
        if email is not UNSET:
            field_dict["email"] = email
        if phone is not UNSET:
            field_dict["phone"] = phone

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        message = MessageKind(d.pop("message"))




        channel = Channel(d.pop("channel"))




        _recipient = d.pop("recipient", UNSET)
        recipient: Recipient | Unset
        if isinstance(_recipient,  Unset):
            recipient = UNSET
        else:
            recipient = Recipient(_recipient)




        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))


        def _parse_phone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phone = _parse_phone(d.pop("phone", UNSET))


        resend_request = cls(
            message=message,
            channel=channel,
            recipient=recipient,
            email=email,
            phone=phone,
        )

        return resend_request

