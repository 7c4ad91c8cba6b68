from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="RetryRequest")



@_attrs_define
class RetryRequest:
    """ Which step to try now rather than at its next time.

        Attributes:
            step (str): As `GET …/operations` names it.
     """

    step: str





    def to_dict(self) -> dict[str, Any]:
        step = self.step


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "step": step,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        step = d.pop("step")

        retry_request = cls(
            step=step,
        )

        return retry_request

