from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.sms_answer import SmsAnswer





T = TypeVar("T", bound="PreviewAnswer")



@_attrs_define
class PreviewAnswer:
    """ The message with everything filled in. `sms` measures a text.

        Attributes:
            subject (None | str):
            text (str):
            html (None | str):
            sms (None | SmsAnswer):
     """

    subject: None | str
    text: str
    html: None | str
    sms: None | SmsAnswer
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.sms_answer import SmsAnswer # noqa: PLC0415
        subject: None | str
        subject = self.subject

        text = self.text

        html: None | str
        html = self.html

        sms: dict[str, Any] | None
        if isinstance(self.sms, SmsAnswer):
            sms = self.sms.to_dict()
        else:
            sms = self.sms


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "subject": subject,
            "text": text,
            "html": html,
            "sms": sms,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sms_answer import SmsAnswer # noqa: PLC0415
        d = dict(src_dict)
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


        def _parse_sms(data: object) -> None | SmsAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                sms_type_0 = SmsAnswer.from_dict(data)



                return sms_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SmsAnswer, data)

        sms = _parse_sms(d.pop("sms"))


        preview_answer = cls(
            subject=subject,
            text=text,
            html=html,
            sms=sms,
        )


        preview_answer.additional_properties = d
        return preview_answer

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
