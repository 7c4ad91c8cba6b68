from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="EraseCustomer")



@_attrs_define
class EraseCustomer:
    """ Whether what is still to come is cancelled first, in the business's name, with all of the money given back.

        Attributes:
            cancel (bool | Unset):  Default: False.
     """

    cancel: bool | Unset = False





    def to_dict(self) -> dict[str, Any]:
        cancel = self.cancel


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if cancel is not UNSET:
            field_dict["cancel"] = cancel

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        cancel = d.pop("cancel", UNSET)

        erase_customer = cls(
            cancel=cancel,
        )

        return erase_customer

