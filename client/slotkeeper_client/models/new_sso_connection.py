from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="NewSsoConnection")



@_attrs_define
class NewSsoConnection:
    """ A provider that speaks OpenID Connect, and how we are registered there. Register `redirect_uri` of the answer with
    it.

        Attributes:
            name (str): What the business's people call it.
            issuer (str): Letter by letter as the provider names itself.
            client_id (str):
            client_secret (str): Kept encrypted, and never shown.
     """

    name: str
    issuer: str
    client_id: str
    client_secret: str





    def to_dict(self) -> dict[str, Any]:
        name = self.name

        issuer = self.issuer

        client_id = self.client_id

        client_secret = self.client_secret


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "name": name,
            "issuer": issuer,
            "client_id": client_id,
            "client_secret": client_secret,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        issuer = d.pop("issuer")

        client_id = d.pop("client_id")

        client_secret = d.pop("client_secret")

        new_sso_connection = cls(
            name=name,
            issuer=issuer,
            client_id=client_id,
            client_secret=client_secret,
        )

        return new_sso_connection

