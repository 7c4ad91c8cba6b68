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
  from ..models.override import Override





T = TypeVar("T", bound="RescheduleBooking")



@_attrs_define
class RescheduleBooking:
    """ Another time for a booking. What is left out stays as it is.

        Attributes:
            starts_at (datetime.datetime):
            provider_id (None | Unset | UUID): Another provider of the service; the booking's own when left out.
            duration_minutes (int | None | Unset): Another of the service's durations, at its price; as long as now when
                left out.
            override (None | Override | Unset): Only with the business's API key: moves outside the rules; never over
                another booking.
     """

    starts_at: datetime.datetime
    provider_id: None | Unset | UUID = UNSET
    duration_minutes: int | None | Unset = UNSET
    override: None | Override | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.override import Override # noqa: PLC0415
        starts_at = self.starts_at.isoformat()

        provider_id: None | str | Unset
        if isinstance(self.provider_id, Unset):
            provider_id = UNSET
        elif isinstance(self.provider_id, UUID):
            provider_id = str(self.provider_id)
        else:
            provider_id = self.provider_id

        duration_minutes: int | None | Unset
        if isinstance(self.duration_minutes, Unset):
            duration_minutes = UNSET
        else:
            duration_minutes = self.duration_minutes

        override: dict[str, Any] | None | Unset
        if isinstance(self.override, Unset):
            override = UNSET
        elif isinstance(self.override, Override):
            override = self.override.to_dict()
        else:
            override = self.override


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "starts_at": starts_at,
        })
        if provider_id is not UNSET:
            field_dict["provider_id"] = provider_id
        if duration_minutes is not UNSET:
            field_dict["duration_minutes"] = duration_minutes
        if override is not UNSET:
            field_dict["override"] = override

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.override import Override # noqa: PLC0415
        d = dict(src_dict)
        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))




        def _parse_provider_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                provider_id_type_0 = UUID(data)



                return provider_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        provider_id = _parse_provider_id(d.pop("provider_id", UNSET))


        def _parse_duration_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        duration_minutes = _parse_duration_minutes(d.pop("duration_minutes", UNSET))


        def _parse_override(data: object) -> None | Override | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                override_type_0 = Override.from_dict(data)



                return override_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Override | Unset, data)

        override = _parse_override(d.pop("override", UNSET))


        reschedule_booking = cls(
            starts_at=starts_at,
            provider_id=provider_id,
            duration_minutes=duration_minutes,
            override=override,
        )

        return reschedule_booking

