from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.membership_answer import MembershipAnswer





T = TypeVar("T", bound="MeAnswer")



@_attrs_define
class MeAnswer:
    """ The person who asks, with the businesses they work for. `business_id` is the one they have logged in to.

        Attributes:
            id (UUID):
            email (str):
            name (str):
            has_second_factor (bool):
            created_at (datetime.datetime):
            memberships (list[MembershipAnswer]):
            business_id (None | Unset | UUID):
     """

    id: UUID
    email: str
    name: str
    has_second_factor: bool
    created_at: datetime.datetime
    memberships: list[MembershipAnswer]
    business_id: None | Unset | UUID = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.membership_answer import MembershipAnswer # noqa: PLC0415
        id = str(self.id)

        email = self.email

        name = self.name

        has_second_factor = self.has_second_factor

        created_at = self.created_at.isoformat()

        memberships = []
        for memberships_item_data in self.memberships:
            memberships_item = memberships_item_data.to_dict()
            memberships.append(memberships_item)



        business_id: None | str | Unset
        if isinstance(self.business_id, Unset):
            business_id = UNSET
        elif isinstance(self.business_id, UUID):
            business_id = str(self.business_id)
        else:
            business_id = self.business_id


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "email": email,
            "name": name,
            "has_second_factor": has_second_factor,
            "created_at": created_at,
            "memberships": memberships,
        })
        if business_id is not UNSET:
            field_dict["business_id"] = business_id

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.membership_answer import MembershipAnswer # noqa: PLC0415
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        email = d.pop("email")

        name = d.pop("name")

        has_second_factor = d.pop("has_second_factor")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        memberships = []
        _memberships = d.pop("memberships")
        for memberships_item_data in (_memberships):
            memberships_item = MembershipAnswer.from_dict(memberships_item_data)



            memberships.append(memberships_item)


        def _parse_business_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                business_id_type_0 = UUID(data)



                return business_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        business_id = _parse_business_id(d.pop("business_id", UNSET))


        me_answer = cls(
            id=id,
            email=email,
            name=name,
            has_second_factor=has_second_factor,
            created_at=created_at,
            memberships=memberships,
            business_id=business_id,
        )


        me_answer.additional_properties = d
        return me_answer

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
