from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.permission import Permission
from ..models.role import Role
from typing import cast
from uuid import UUID






T = TypeVar("T", bound="MembershipAnswer")



@_attrs_define
class MembershipAnswer:
    """ What the person is in one business.

        Attributes:
            business_id (UUID):
            business_name (str):
            role (Role): Of a person in a business, from the one who may do everything to the one who only looks.
            permissions (list[Permission]):
     """

    business_id: UUID
    business_name: str
    role: Role
    permissions: list[Permission]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        business_id = str(self.business_id)

        business_name = self.business_name

        role = self.role.value

        permissions = []
        for permissions_item_data in self.permissions:
            permissions_item = permissions_item_data.value
            permissions.append(permissions_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "business_id": business_id,
            "business_name": business_name,
            "role": role,
            "permissions": permissions,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        business_id = UUID(d.pop("business_id"))




        business_name = d.pop("business_name")

        role = Role(d.pop("role"))




        permissions = []
        _permissions = d.pop("permissions")
        for permissions_item_data in (_permissions):
            permissions_item = Permission(permissions_item_data)



            permissions.append(permissions_item)


        membership_answer = cls(
            business_id=business_id,
            business_name=business_name,
            role=role,
            permissions=permissions,
        )


        membership_answer.additional_properties = d
        return membership_answer

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
