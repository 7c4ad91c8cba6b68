from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="OfferAnswer")



@_attrs_define
class OfferAnswer:
    """ A time that is held for whoever waits, until `expires_at`, on the clock that `timezone` names.

    It is a booking: confirm it with its `manage_token`, or cancel it to let it go. Only the customer is shown the
    token.

        Attributes:
            booking_id (UUID):
            manage_token (None | str):
            provider_id (UUID):
            starts_at (datetime.datetime):
            ends_at (datetime.datetime):
            timezone (str):
            expires_at (datetime.datetime):
     """

    booking_id: UUID
    manage_token: None | str
    provider_id: UUID
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    timezone: str
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        booking_id = str(self.booking_id)

        manage_token: None | str
        manage_token = self.manage_token

        provider_id = str(self.provider_id)

        starts_at = self.starts_at.isoformat()

        ends_at = self.ends_at.isoformat()

        timezone = self.timezone

        expires_at = self.expires_at.isoformat()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "booking_id": booking_id,
            "manage_token": manage_token,
            "provider_id": provider_id,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "timezone": timezone,
            "expires_at": expires_at,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        booking_id = UUID(d.pop("booking_id"))




        def _parse_manage_token(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        manage_token = _parse_manage_token(d.pop("manage_token"))


        provider_id = UUID(d.pop("provider_id"))




        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))




        ends_at = datetime.datetime.fromisoformat(d.pop("ends_at"))




        timezone = d.pop("timezone")

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))




        offer_answer = cls(
            booking_id=booking_id,
            manage_token=manage_token,
            provider_id=provider_id,
            starts_at=starts_at,
            ends_at=ends_at,
            timezone=timezone,
            expires_at=expires_at,
        )


        offer_answer.additional_properties = d
        return offer_answer

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
