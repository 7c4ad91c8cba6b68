from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.channel import Channel
from ..models.language import Language
from ..models.message_kind import MessageKind
from typing import cast






T = TypeVar("T", bound="TemplateAnswer")



@_attrs_define
class TemplateAnswer:
    """ A template as it is in use; `is_own` tells a business's own from the one that ships with the release.

        Attributes:
            kind (MessageKind): Why somebody is written to.
            channel (Channel): By what a message goes.
            language (Language): In what we can write.
            is_own (bool):
            subject (None | str):
            text (str):
            html (None | str):
     """

    kind: MessageKind
    channel: Channel
    language: Language
    is_own: bool
    subject: None | str
    text: str
    html: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        channel = self.channel.value

        language = self.language.value

        is_own = self.is_own

        subject: None | str
        subject = self.subject

        text = self.text

        html: None | str
        html = self.html


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "kind": kind,
            "channel": channel,
            "language": language,
            "is_own": is_own,
            "subject": subject,
            "text": text,
            "html": html,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = MessageKind(d.pop("kind"))




        channel = Channel(d.pop("channel"))




        language = Language(d.pop("language"))




        is_own = d.pop("is_own")

        def _parse_subject(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        subject = _parse_subject(d.pop("subject"))


        text = d.pop("text")

        def _parse_html(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        html = _parse_html(d.pop("html"))


        template_answer = cls(
            kind=kind,
            channel=channel,
            language=language,
            is_own=is_own,
            subject=subject,
            text=text,
            html=html,
        )


        template_answer.additional_properties = d
        return template_answer

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
