from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.channel import Channel
from ..models.language import Language
from ..models.message_kind import MessageKind






T = TypeVar("T", bound="TemplateName")



@_attrs_define
class TemplateName:
    """ Which message a template is for.

        Attributes:
            kind (MessageKind): Why somebody is written to.
            channel (Channel): By what a message goes.
            language (Language): In what we can write.
     """

    kind: MessageKind
    channel: Channel
    language: Language
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        channel = self.channel.value

        language = self.language.value


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "kind": kind,
            "channel": channel,
            "language": language,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = MessageKind(d.pop("kind"))




        channel = Channel(d.pop("channel"))




        language = Language(d.pop("language"))




        template_name = cls(
            kind=kind,
            channel=channel,
            language=language,
        )


        template_name.additional_properties = d
        return template_name

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
