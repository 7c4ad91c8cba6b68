from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="OAuthClientAnswer")



@_attrs_define
class OAuthClientAnswer:
    """ An app. It has no secret: it shows by PKCE that it is the one that asked.

        Attributes:
            client_id (UUID):
            name (str):
            redirect_uris (list[str]):
            created_at (datetime.datetime):
     """

    client_id: UUID
    name: str
    redirect_uris: list[str]
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        client_id = str(self.client_id)

        name = self.name

        redirect_uris = self.redirect_uris



        created_at = self.created_at.isoformat()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "client_id": client_id,
            "name": name,
            "redirect_uris": redirect_uris,
            "created_at": created_at,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        client_id = UUID(d.pop("client_id"))




        name = d.pop("name")

        redirect_uris = cast(list[str], d.pop("redirect_uris"))


        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        o_auth_client_answer = cls(
            client_id=client_id,
            name=name,
            redirect_uris=redirect_uris,
            created_at=created_at,
        )


        o_auth_client_answer.additional_properties = d
        return o_auth_client_answer

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
