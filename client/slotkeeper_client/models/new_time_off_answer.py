from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID






T = TypeVar("T", bound="NewTimeOffAnswer")



@_attrs_define
class NewTimeOffAnswer:
    """ A fresh entry. `bookings` are those already made inside of it: they stay, until somebody cancels or moves them.

        Attributes:
            id (UUID):
            provider_id (UUID):
            from_ (str):
            to (str):
            reason (None | str):
            timezone (str):
            bookings (list[UUID]):
     """

    id: UUID
    provider_id: UUID
    from_: str
    to: str
    reason: None | str
    timezone: str
    bookings: list[UUID]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        provider_id = str(self.provider_id)

        from_ = self.from_

        to = self.to

        reason: None | str
        reason = self.reason

        timezone = self.timezone

        bookings = []
        for bookings_item_data in self.bookings:
            bookings_item = str(bookings_item_data)
            bookings.append(bookings_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "provider_id": provider_id,
            "from": from_,
            "to": to,
            "reason": reason,
            "timezone": timezone,
            "bookings": bookings,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        provider_id = UUID(d.pop("provider_id"))




        from_ = d.pop("from")

        to = d.pop("to")

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))


        timezone = d.pop("timezone")

        bookings = []
        _bookings = d.pop("bookings")
        for bookings_item_data in (_bookings):
            bookings_item = UUID(bookings_item_data)



            bookings.append(bookings_item)


        new_time_off_answer = cls(
            id=id,
            provider_id=provider_id,
            from_=from_,
            to=to,
            reason=reason,
            timezone=timezone,
            bookings=bookings,
        )


        new_time_off_answer.additional_properties = d
        return new_time_off_answer

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
