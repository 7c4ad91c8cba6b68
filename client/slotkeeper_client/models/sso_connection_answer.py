from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime






T = TypeVar("T", bound="SsoConnectionAnswer")



@_attrs_define
class SsoConnectionAnswer:
    """ The provider as it stands, without its secret.

        Attributes:
            name (str):
            issuer (str):
            client_id (str):
            redirect_uri (str): Where the provider sends people back to us.
            changed_at (datetime.datetime):
     """

    name: str
    issuer: str
    client_id: str
    redirect_uri: str
    changed_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        name = self.name

        issuer = self.issuer

        client_id = self.client_id

        redirect_uri = self.redirect_uri

        changed_at = self.changed_at.isoformat()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "name": name,
            "issuer": issuer,
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "changed_at": changed_at,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        issuer = d.pop("issuer")

        client_id = d.pop("client_id")

        redirect_uri = d.pop("redirect_uri")

        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))




        sso_connection_answer = cls(
            name=name,
            issuer=issuer,
            client_id=client_id,
            redirect_uri=redirect_uri,
            changed_at=changed_at,
        )


        sso_connection_answer.additional_properties = d
        return sso_connection_answer

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
