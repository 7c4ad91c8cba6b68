from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="PasswordChange")



@_attrs_define
class PasswordChange:
    """ Both passwords.

        Attributes:
            current (str):
            password (str):
     """

    current: str
    password: str





    def to_dict(self) -> dict[str, Any]:
        current = self.current

        password = self.password


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "current": current,
            "password": password,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        current = d.pop("current")

        password = d.pop("password")

        password_change = cls(
            current=current,
            password=password,
        )

        return password_change

