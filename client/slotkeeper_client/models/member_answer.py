from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.role import Role
from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="MemberAnswer")



@_attrs_define
class MemberAnswer:
    """ One person of the business.

        Attributes:
            person_id (UUID):
            email (str):
            name (str):
            role (Role): Of a person in a business, from the one who may do everything to the one who only looks.
            has_second_factor (bool):
            since (datetime.datetime):
     """

    person_id: UUID
    email: str
    name: str
    role: Role
    has_second_factor: bool
    since: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        person_id = str(self.person_id)

        email = self.email

        name = self.name

        role = self.role.value

        has_second_factor = self.has_second_factor

        since = self.since.isoformat()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "person_id": person_id,
            "email": email,
            "name": name,
            "role": role,
            "has_second_factor": has_second_factor,
            "since": since,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        person_id = UUID(d.pop("person_id"))




        email = d.pop("email")

        name = d.pop("name")

        role = Role(d.pop("role"))




        has_second_factor = d.pop("has_second_factor")

        since = datetime.datetime.fromisoformat(d.pop("since"))




        member_answer = cls(
            person_id=person_id,
            email=email,
            name=name,
            role=role,
            has_second_factor=has_second_factor,
            since=since,
        )


        member_answer.additional_properties = d
        return member_answer

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
