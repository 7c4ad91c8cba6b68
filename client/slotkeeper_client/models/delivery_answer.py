from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.webhooks_delivery_state import WebhooksDeliveryState
from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="DeliveryAnswer")



@_attrs_define
class DeliveryAnswer:
    """ One event on its way to the endpoint. `event_id` is the `webhook-id` that the receiver sees; `round` counts replays.

    `last_status` and the beginning of `last_answer` are the receiver's; `last_error` says why there was no answer at
    all.

        Attributes:
            id (UUID):
            event_id (UUID):
            type_ (str):
            happened_at (datetime.datetime):
            booking_id (None | UUID):
            state (WebhooksDeliveryState): How a delivery stands. `skipped`: its endpoint was disabled first; `replaced`: a
                replay took its place.
            attempts (int):
            round_ (int):
            created_at (datetime.datetime):
            last_tried_at (datetime.datetime | None):
            last_status (int | None):
            last_error (None | str):
            last_answer (None | str):
     """

    id: UUID
    event_id: UUID
    type_: str
    happened_at: datetime.datetime
    booking_id: None | UUID
    state: WebhooksDeliveryState
    attempts: int
    round_: int
    created_at: datetime.datetime
    last_tried_at: datetime.datetime | None
    last_status: int | None
    last_error: None | str
    last_answer: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        event_id = str(self.event_id)

        type_ = self.type_

        happened_at = self.happened_at.isoformat()

        booking_id: None | str
        if isinstance(self.booking_id, UUID):
            booking_id = str(self.booking_id)
        else:
            booking_id = self.booking_id

        state = self.state.value

        attempts = self.attempts

        round_ = self.round_

        created_at = self.created_at.isoformat()

        last_tried_at: None | str
        if isinstance(self.last_tried_at, datetime.datetime):
            last_tried_at = self.last_tried_at.isoformat()
        else:
            last_tried_at = self.last_tried_at

        last_status: int | None
        last_status = self.last_status

        last_error: None | str
        last_error = self.last_error

        last_answer: None | str
        last_answer = self.last_answer


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "event_id": event_id,
            "type": type_,
            "happened_at": happened_at,
            "booking_id": booking_id,
            "state": state,
            "attempts": attempts,
            "round": round_,
            "created_at": created_at,
            "last_tried_at": last_tried_at,
            "last_status": last_status,
            "last_error": last_error,
            "last_answer": last_answer,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        event_id = UUID(d.pop("event_id"))




        type_ = d.pop("type")

        happened_at = datetime.datetime.fromisoformat(d.pop("happened_at"))




        def _parse_booking_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                booking_id_type_0 = UUID(data)



                return booking_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        booking_id = _parse_booking_id(d.pop("booking_id"))


        state = WebhooksDeliveryState(d.pop("state"))




        attempts = d.pop("attempts")

        round_ = d.pop("round")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        def _parse_last_tried_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_tried_at_type_0 = datetime.datetime.fromisoformat(data)



                return last_tried_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_tried_at = _parse_last_tried_at(d.pop("last_tried_at"))


        def _parse_last_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        last_status = _parse_last_status(d.pop("last_status"))


        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))


        def _parse_last_answer(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_answer = _parse_last_answer(d.pop("last_answer"))


        delivery_answer = cls(
            id=id,
            event_id=event_id,
            type_=type_,
            happened_at=happened_at,
            booking_id=booking_id,
            state=state,
            attempts=attempts,
            round_=round_,
            created_at=created_at,
            last_tried_at=last_tried_at,
            last_status=last_status,
            last_error=last_error,
            last_answer=last_answer,
        )


        delivery_answer.additional_properties = d
        return delivery_answer

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
