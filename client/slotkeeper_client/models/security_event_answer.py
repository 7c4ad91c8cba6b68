from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.security_event_answer_detail import SecurityEventAnswerDetail





T = TypeVar("T", bound="SecurityEventAnswer")



@_attrs_define
class SecurityEventAnswer:
    """ One thing that happened. `detail` has codes and ids, never what a person typed.

        Attributes:
            id (UUID):
            at (datetime.datetime):
            kind (str): A code, such as `logged-in`, `refresh-token-reused` or `role-changed`.
            person_id (None | UUID):
            business_id (None | UUID):
            detail (SecurityEventAnswerDetail):
     """

    id: UUID
    at: datetime.datetime
    kind: str
    person_id: None | UUID
    business_id: None | UUID
    detail: SecurityEventAnswerDetail
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.security_event_answer_detail import SecurityEventAnswerDetail # noqa: PLC0415
        id = str(self.id)

        at = self.at.isoformat()

        kind = self.kind

        person_id: None | str
        if isinstance(self.person_id, UUID):
            person_id = str(self.person_id)
        else:
            person_id = self.person_id

        business_id: None | str
        if isinstance(self.business_id, UUID):
            business_id = str(self.business_id)
        else:
            business_id = self.business_id

        detail = self.detail.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "at": at,
            "kind": kind,
            "person_id": person_id,
            "business_id": business_id,
            "detail": detail,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.security_event_answer_detail import SecurityEventAnswerDetail # noqa: PLC0415
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        at = datetime.datetime.fromisoformat(d.pop("at"))




        kind = d.pop("kind")

        def _parse_person_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                person_id_type_0 = UUID(data)



                return person_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        person_id = _parse_person_id(d.pop("person_id"))


        def _parse_business_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                business_id_type_0 = UUID(data)



                return business_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        business_id = _parse_business_id(d.pop("business_id"))


        detail = SecurityEventAnswerDetail.from_dict(d.pop("detail"))




        security_event_answer = cls(
            id=id,
            at=at,
            kind=kind,
            person_id=person_id,
            business_id=business_id,
            detail=detail,
        )


        security_event_answer.additional_properties = d
        return security_event_answer

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
