from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="Verification")



@_attrs_define
class Verification:
    """ The link of a mail, and who follows it. Name and password are said here and not before: whoever asked for the mail
    may have
    been somebody else, whose password must open nothing.

        Attributes:
            token (str): From the mail.
            name (str):
            password (str):
     """

    token: str
    name: str
    password: str





    def to_dict(self) -> dict[str, Any]:
        token = self.token

        name = self.name

        password = self.password


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "token": token,
            "name": name,
            "password": password,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        token = d.pop("token")

        name = d.pop("name")

        password = d.pop("password")

        verification = cls(
            token=token,
            name=name,
            password=password,
        )

        return verification

