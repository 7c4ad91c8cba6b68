from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="KeyReplacement")



@_attrs_define
class KeyReplacement:
    """ For how long both keys are good, and until when the new one is.

        Attributes:
            overlap_seconds (int | Unset):  Default: 86400.
            lasts_days (int | None | Unset):
     """

    overlap_seconds: int | Unset = 86400
    lasts_days: int | None | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        overlap_seconds = self.overlap_seconds

        lasts_days: int | None | Unset
        if isinstance(self.lasts_days, Unset):
            lasts_days = UNSET
        else:
            lasts_days = self.lasts_days


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if overlap_seconds is not UNSET:
            field_dict["overlap_seconds"] = overlap_seconds
        if lasts_days is not UNSET:
            field_dict["lasts_days"] = lasts_days

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        overlap_seconds = d.pop("overlap_seconds", UNSET)

        def _parse_lasts_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        lasts_days = _parse_lasts_days(d.pop("lasts_days", UNSET))


        key_replacement = cls(
            overlap_seconds=overlap_seconds,
            lasts_days=lasts_days,
        )

        return key_replacement

