from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast






T = TypeVar("T", bound="BrandingAnswer")



@_attrs_define
class BrandingAnswer:
    """ How the business looks.

        Attributes:
            name (None | str):
            color (None | str):
            text_color (None | str):
            logo_url (None | str):
     """

    name: None | str
    color: None | str
    text_color: None | str
    logo_url: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        name: None | str
        name = self.name

        color: None | str
        color = self.color

        text_color: None | str
        text_color = self.text_color

        logo_url: None | str
        logo_url = self.logo_url


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "name": name,
            "color": color,
            "text_color": text_color,
            "logo_url": logo_url,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))


        def _parse_color(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        color = _parse_color(d.pop("color"))


        def _parse_text_color(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        text_color = _parse_text_color(d.pop("text_color"))


        def _parse_logo_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        logo_url = _parse_logo_url(d.pop("logo_url"))


        branding_answer = cls(
            name=name,
            color=color,
            text_color=text_color,
            logo_url=logo_url,
        )


        branding_answer.additional_properties = d
        return branding_answer

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
