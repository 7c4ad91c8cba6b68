from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.role import Role
from ..types import UNSET, Unset






T = TypeVar("T", bound="NewMember")



@_attrs_define
class NewMember:
    """ Who is to work for the business, and as what.

        Attributes:
            email (str):
            role (Role): Of a person in a business, from the one who may do everything to the one who only looks.
            locale (str | Unset): In which language to write to them. Default: 'en'.
     """

    email: str
    role: Role
    locale: str | Unset = 'en'





    def to_dict(self) -> dict[str, Any]:
        email = self.email

        role = self.role.value

        locale = self.locale


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "email": email,
            "role": role,
        })
        if locale is not UNSET:
            field_dict["locale"] = locale

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email")

        role = Role(d.pop("role"))




        locale = d.pop("locale", UNSET)

        new_member = cls(
            email=email,
            role=role,
            locale=locale,
        )

        return new_member

