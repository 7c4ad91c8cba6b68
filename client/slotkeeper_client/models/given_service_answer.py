from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from uuid import UUID






T = TypeVar("T", bound="GivenServiceAnswer")



@_attrs_define
class GivenServiceAnswer:
    """ Who gives what.

        Attributes:
            provider_id (UUID):
            service_id (UUID):
            priority (int | Unset):  Default: 0.
     """

    provider_id: UUID
    service_id: UUID
    priority: int | Unset = 0





    def to_dict(self) -> dict[str, Any]:
        provider_id = str(self.provider_id)

        service_id = str(self.service_id)

        priority = self.priority


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "provider_id": provider_id,
            "service_id": service_id,
        })
        if priority is not UNSET:
            field_dict["priority"] = priority

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        provider_id = UUID(d.pop("provider_id"))




        service_id = UUID(d.pop("service_id"))




        priority = d.pop("priority", UNSET)

        given_service_answer = cls(
            provider_id=provider_id,
            service_id=service_id,
            priority=priority,
        )

        return given_service_answer

