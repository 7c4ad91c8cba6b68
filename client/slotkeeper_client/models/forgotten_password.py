from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="ForgottenPassword")



@_attrs_define
class ForgottenPassword:
    """ Whose password is forgotten.

        Attributes:
            email (str):
            locale (str | Unset):  Default: 'en'.
     """

    email: str
    locale: str | Unset = 'en'





    def to_dict(self) -> dict[str, Any]:
        email = self.email

        locale = self.locale


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "email": email,
        })
        if locale is not UNSET:
            field_dict["locale"] = locale

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email")

        locale = d.pop("locale", UNSET)

        forgotten_password = cls(
            email=email,
            locale=locale,
        )

        return forgotten_password

