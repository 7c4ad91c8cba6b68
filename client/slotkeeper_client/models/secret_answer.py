from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime






T = TypeVar("T", bound="SecretAnswer")



@_attrs_define
class SecretAnswer:
    """ The new secret, shown only here. Until then the old one's signature is sent, too.

        Attributes:
            secret (str):
            old_secret_valid_until (datetime.datetime):
     """

    secret: str
    old_secret_valid_until: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        secret = self.secret

        old_secret_valid_until = self.old_secret_valid_until.isoformat()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "secret": secret,
            "old_secret_valid_until": old_secret_valid_until,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        secret = d.pop("secret")

        old_secret_valid_until = datetime.datetime.fromisoformat(d.pop("old_secret_valid_until"))




        secret_answer = cls(
            secret=secret,
            old_secret_valid_until=old_secret_valid_until,
        )


        secret_answer.additional_properties = d
        return secret_answer

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
