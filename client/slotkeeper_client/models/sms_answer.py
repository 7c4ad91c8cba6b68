from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="SmsAnswer")



@_attrs_define
class SmsAnswer:
    """ How a text is charged: `segments` parts, in the 7-bit alphabet or, with any other character in it, in UCS-2.

        Attributes:
            encoding (str):
            characters (int):
            segments (int):
     """

    encoding: str
    characters: int
    segments: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        encoding = self.encoding

        characters = self.characters

        segments = self.segments


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "encoding": encoding,
            "characters": characters,
            "segments": segments,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        encoding = d.pop("encoding")

        characters = d.pop("characters")

        segments = d.pop("segments")

        sms_answer = cls(
            encoding=encoding,
            characters=characters,
            segments=segments,
        )


        sms_answer.additional_properties = d
        return sms_answer

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
