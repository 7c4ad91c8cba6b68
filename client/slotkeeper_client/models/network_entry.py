from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="NetworkEntry")



@_attrs_define
class NetworkEntry:
    """ One network, IPv4 or IPv6; a single address is one of its own.

        Attributes:
            network (str):
            note (str | Unset):  Default: ''.
     """

    network: str
    note: str | Unset = ''





    def to_dict(self) -> dict[str, Any]:
        network = self.network

        note = self.note


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "network": network,
        })
        if note is not UNSET:
            field_dict["note"] = note

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        network = d.pop("network")

        note = d.pop("note", UNSET)

        network_entry = cls(
            network=network,
            note=note,
        )

        return network_entry

