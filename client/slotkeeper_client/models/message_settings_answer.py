from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.quiet_span_answer import QuietSpanAnswer





T = TypeVar("T", bound="MessageSettingsAnswer")



@_attrs_define
class MessageSettingsAnswer:
    """ How the business writes to people.

        Attributes:
            locale (str):
            quiet_hours (None | QuietSpanAnswer):
     """

    locale: str
    quiet_hours: None | QuietSpanAnswer
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.quiet_span_answer import QuietSpanAnswer # noqa: PLC0415
        locale = self.locale

        quiet_hours: dict[str, Any] | None
        if isinstance(self.quiet_hours, QuietSpanAnswer):
            quiet_hours = self.quiet_hours.to_dict()
        else:
            quiet_hours = self.quiet_hours


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "locale": locale,
            "quiet_hours": quiet_hours,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.quiet_span_answer import QuietSpanAnswer # noqa: PLC0415
        d = dict(src_dict)
        locale = d.pop("locale")

        def _parse_quiet_hours(data: object) -> None | QuietSpanAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                quiet_hours_type_0 = QuietSpanAnswer.from_dict(data)



                return quiet_hours_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QuietSpanAnswer, data)

        quiet_hours = _parse_quiet_hours(d.pop("quiet_hours"))


        message_settings_answer = cls(
            locale=locale,
            quiet_hours=quiet_hours,
        )


        message_settings_answer.additional_properties = d
        return message_settings_answer

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
