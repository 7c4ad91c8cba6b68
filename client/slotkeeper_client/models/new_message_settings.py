from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
  from ..models.quiet_span import QuietSpan





T = TypeVar("T", bound="NewMessageSettings")



@_attrs_define
class NewMessageSettings:
    """ A reminder that falls into the quiet hours is sent at their start, or not at all where that has passed.

        Attributes:
            locale (str | Unset): For providers, and for customers whose own language has no templates. Default: 'en'.
            quiet_hours (None | QuietSpan | Unset):
     """

    locale: str | Unset = 'en'
    quiet_hours: None | QuietSpan | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.quiet_span import QuietSpan # noqa: PLC0415
        locale = self.locale

        quiet_hours: dict[str, Any] | None | Unset
        if isinstance(self.quiet_hours, Unset):
            quiet_hours = UNSET
        elif isinstance(self.quiet_hours, QuietSpan):
            quiet_hours = self.quiet_hours.to_dict()
        else:
            quiet_hours = self.quiet_hours


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if locale is not UNSET:
            field_dict["locale"] = locale
        if quiet_hours is not UNSET:
            field_dict["quiet_hours"] = quiet_hours

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.quiet_span import QuietSpan # noqa: PLC0415
        d = dict(src_dict)
        locale = d.pop("locale", UNSET)

        def _parse_quiet_hours(data: object) -> None | QuietSpan | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                quiet_hours_type_0 = QuietSpan.from_dict(data)



                return quiet_hours_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QuietSpan | Unset, data)

        quiet_hours = _parse_quiet_hours(d.pop("quiet_hours", UNSET))


        new_message_settings = cls(
            locale=locale,
            quiet_hours=quiet_hours,
        )

        return new_message_settings

