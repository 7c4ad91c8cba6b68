from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.channel import Channel
from ..models.language import Language
from ..models.message_kind import MessageKind
from ..models.recipient import Recipient
from ..types import UNSET, Unset
from typing import cast
from uuid import UUID






T = TypeVar("T", bound="Preview")



@_attrs_define
class Preview:
    """ Which message to show. Without `text` the one in use is shown; without `booking_id` it is about a made-up booking.

        Attributes:
            kind (MessageKind): Why somebody is written to.
            channel (Channel): By what a message goes.
            language (Language): In what we can write.
            recipient (Recipient | Unset): Who is written to: each in their own language and zone, and only where they left
                an address.
            subject (None | str | Unset):
            text (None | str | Unset):
            html (None | str | Unset):
            booking_id (None | Unset | UUID):
     """

    kind: MessageKind
    channel: Channel
    language: Language
    recipient: Recipient | Unset = UNSET
    subject: None | str | Unset = UNSET
    text: None | str | Unset = UNSET
    html: None | str | Unset = UNSET
    booking_id: None | Unset | UUID = UNSET





    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        channel = self.channel.value

        language = self.language.value

        recipient: str | Unset = UNSET
        if not isinstance(self.recipient, Unset):
            recipient = self.recipient.value


        subject: None | str | Unset
        if isinstance(self.subject, Unset):
            subject = UNSET
        else:
            subject = self.subject

        text: None | str | Unset
        if isinstance(self.text, Unset):
            text = UNSET
        else:
            text = self.text

        html: None | str | Unset
        if isinstance(self.html, Unset):
            html = UNSET
        else:
            html = self.html

        booking_id: None | str | Unset
        if isinstance(self.booking_id, Unset):
            booking_id = UNSET
        elif isinstance(self.booking_id, UUID):
            booking_id = str(self.booking_id)
        else:
            booking_id = self.booking_id


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "kind": kind,
            "channel": channel,
            "language": language,
        })
        if recipient is not UNSET:
            field_dict["recipient"] = recipient
        if subject is not UNSET:
            field_dict["subject"] = subject
        if text is not UNSET:
            field_dict["text"] = text
        if html is not UNSET:
            field_dict["html"] = html
        if booking_id is not UNSET:
            field_dict["booking_id"] = booking_id

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = MessageKind(d.pop("kind"))




        channel = Channel(d.pop("channel"))




        language = Language(d.pop("language"))




        _recipient = d.pop("recipient", UNSET)
        recipient: Recipient | Unset
        if isinstance(_recipient,  Unset):
            recipient = UNSET
        else:
            recipient = Recipient(_recipient)




        def _parse_subject(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        subject = _parse_subject(d.pop("subject", UNSET))


        def _parse_text(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        text = _parse_text(d.pop("text", UNSET))


        def _parse_html(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        html = _parse_html(d.pop("html", UNSET))


        def _parse_booking_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                booking_id_type_0 = UUID(data)



                return booking_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        booking_id = _parse_booking_id(d.pop("booking_id", UNSET))


        preview = cls(
            kind=kind,
            channel=channel,
            language=language,
            recipient=recipient,
            subject=subject,
            text=text,
            html=html,
            booking_id=booking_id,
        )

        return preview

