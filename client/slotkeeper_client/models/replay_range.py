from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime






T = TypeVar("T", bound="ReplayRange")



@_attrs_define
class ReplayRange:
    """ Send again what happened in `from ≤ time < to`, within the month for which it is kept.

        Attributes:
            from_ (datetime.datetime):
            to (datetime.datetime):
            missed_only (bool | Unset): Leave out what this endpoint has taken. Default: True.
     """

    from_: datetime.datetime
    to: datetime.datetime
    missed_only: bool | Unset = True





    def to_dict(self) -> dict[str, Any]:
        from_ = self.from_.isoformat()

        to = self.to.isoformat()

        missed_only = self.missed_only


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "from": from_,
            "to": to,
        })
        if missed_only is not UNSET:
            field_dict["missed_only"] = missed_only

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        from_ = datetime.datetime.fromisoformat(d.pop("from"))




        to = datetime.datetime.fromisoformat(d.pop("to"))




        missed_only = d.pop("missed_only", UNSET)

        replay_range = cls(
            from_=from_,
            to=to,
            missed_only=missed_only,
        )

        return replay_range

