from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.by_hand import ByHand






T = TypeVar("T", bound="SettleRequest")



@_attrs_define
class SettleRequest:
    """ Which step was done by hand, and how. The `reason` is kept with the operation and shown to staff only.

        Attributes:
            step (str): As `GET …/operations` names it.
            done (ByHand): What somebody did outside, at the vendor's or in person. `not_needed`: looked, and there is
                nothing to be done.
            reason (str):
     """

    step: str
    done: ByHand
    reason: str





    def to_dict(self) -> dict[str, Any]:
        step = self.step

        done = self.done.value

        reason = self.reason


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "step": step,
            "done": done,
            "reason": reason,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        step = d.pop("step")

        done = ByHand(d.pop("done"))




        reason = d.pop("reason")

        settle_request = cls(
            step=step,
            done=done,
            reason=reason,
        )

        return settle_request

