from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="Rotation")



@_attrs_define
class Rotation:
    """ For how long the old secret's signature is sent beside the new one's.

        Attributes:
            old_valid_minutes (int | Unset):  Default: 1440.
     """

    old_valid_minutes: int | Unset = 1440





    def to_dict(self) -> dict[str, Any]:
        old_valid_minutes = self.old_valid_minutes


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if old_valid_minutes is not UNSET:
            field_dict["old_valid_minutes"] = old_valid_minutes

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        old_valid_minutes = d.pop("old_valid_minutes", UNSET)

        rotation = cls(
            old_valid_minutes=old_valid_minutes,
        )

        return rotation

