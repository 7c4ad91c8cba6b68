from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="NewLink")



@_attrs_define
class NewLink:
    """ A link for one change. Without `expires_in_minutes` it is good until the appointment begins.

        Attributes:
            expires_in_minutes (int | None | Unset):
     """

    expires_in_minutes: int | None | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        expires_in_minutes: int | None | Unset
        if isinstance(self.expires_in_minutes, Unset):
            expires_in_minutes = UNSET
        else:
            expires_in_minutes = self.expires_in_minutes


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if expires_in_minutes is not UNSET:
            field_dict["expires_in_minutes"] = expires_in_minutes

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        def _parse_expires_in_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        expires_in_minutes = _parse_expires_in_minutes(d.pop("expires_in_minutes", UNSET))


        new_link = cls(
            expires_in_minutes=expires_in_minutes,
        )

        return new_link

