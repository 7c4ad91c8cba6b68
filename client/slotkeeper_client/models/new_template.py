from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="NewTemplate")



@_attrs_define
class NewTemplate:
    """ A message in Jinja: `{{ name }}`, `{% if link %} … {% endif %}`, and `{% for time in occurrences %}` as its only
    loop.

    An SMS has only a `text`, and ends with the booking's reference by itself. In `html` every value is escaped.

        Attributes:
            text (str):
            subject (None | str | Unset): Needed for an e-mail.
            html (None | str | Unset): The e-mail is sent as plain text where it is left out.
     """

    text: str
    subject: None | str | Unset = UNSET
    html: None | str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        text = self.text

        subject: None | str | Unset
        if isinstance(self.subject, Unset):
            subject = UNSET
        else:
            subject = self.subject

        html: None | str | Unset
        if isinstance(self.html, Unset):
            html = UNSET
        else:
            html = self.html


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "text": text,
        })
        if subject is not UNSET:
            field_dict["subject"] = subject
        if html is not UNSET:
            field_dict["html"] = html

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        text = d.pop("text")

        def _parse_subject(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        subject = _parse_subject(d.pop("subject", UNSET))


        def _parse_html(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        html = _parse_html(d.pop("html", UNSET))


        new_template = cls(
            text=text,
            subject=subject,
            html=html,
        )

        return new_template

