from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast






T = TypeVar("T", bound="CustomerExternalId")



@_attrs_define
class CustomerExternalId:
    """ What another system calls the customer; null takes it back.

        Attributes:
            external_id (None | str):
     """

    external_id: None | str





    def to_dict(self) -> dict[str, Any]:
        external_id: None | str
        external_id = self.external_id


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "external_id": external_id,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        def _parse_external_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        external_id = _parse_external_id(d.pop("external_id"))


        customer_external_id = cls(
            external_id=external_id,
        )

        return customer_external_id

