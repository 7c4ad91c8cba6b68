from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="SessionAnswer")



@_attrs_define
class SessionAnswer:
    """ A log-in that goes on.

        Attributes:
            id (UUID):
            business_id (None | UUID):
            created_at (datetime.datetime):
            expires_at (datetime.datetime):
            is_current (bool):
            app (None | str): The app that was let; null for one's own.
     """

    id: UUID
    business_id: None | UUID
    created_at: datetime.datetime
    expires_at: datetime.datetime
    is_current: bool
    app: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        business_id: None | str
        if isinstance(self.business_id, UUID):
            business_id = str(self.business_id)
        else:
            business_id = self.business_id

        created_at = self.created_at.isoformat()

        expires_at = self.expires_at.isoformat()

        is_current = self.is_current

        app: None | str
        app = self.app


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "business_id": business_id,
            "created_at": created_at,
            "expires_at": expires_at,
            "is_current": is_current,
            "app": app,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))




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


        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))




        is_current = d.pop("is_current")

        def _parse_app(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        app = _parse_app(d.pop("app"))


        session_answer = cls(
            id=id,
            business_id=business_id,
            created_at=created_at,
            expires_at=expires_at,
            is_current=is_current,
            app=app,
        )


        session_answer.additional_properties = d
        return session_answer

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
