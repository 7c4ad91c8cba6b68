from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="GivenService")



@_attrs_define
class GivenService:
    """ How a provider gives a service. Where it assigns by priority, the highest is asked first.

        Attributes:
            priority (int | Unset):  Default: 0.
     """

    priority: int | Unset = 0





    def to_dict(self) -> dict[str, Any]:
        priority = self.priority


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if priority is not UNSET:
            field_dict["priority"] = priority

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        priority = d.pop("priority", UNSET)

        given_service = cls(
            priority=priority,
        )

        return given_service

