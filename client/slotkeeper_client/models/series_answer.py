from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.booking_status import BookingStatus
from ..models.series_mode import SeriesMode
from ..models.series_payment import SeriesPayment
from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.next_action_answer import NextActionAnswer
  from ..models.occurrence_answer import OccurrenceAnswer
  from ..models.price_answer import PriceAnswer





T = TypeVar("T", bound="SeriesAnswer")



@_attrs_define
class SeriesAnswer:
    """ A series as it stands, on the clock that `timezone` names. `due_now` is what confirming it costs, `total` all of it.

    Until it is confirmed it is held, paid and given up as one; then each booking goes its own way, and has its own
    status.

        Attributes:
            id (UUID):
            status (BookingStatus): Where a booking stands. `pending` holds the slot; the last five are final, though a
                completed one may become a no-show.
            status_reason (None | str):
            service_id (UUID):
            provider_id (None | UUID):
            rrule (str):
            timezone (str):
            mode (SeriesMode): What happens when not every time can be held.
            payment (SeriesPayment): Whether all is paid when the series is confirmed, or each occurrence some days before
                it takes place.
            payment_required (bool):
            seats (int):
            hold_expires_at (datetime.datetime):
            created_at (datetime.datetime):
            due_now (PriceAnswer): Money in minor units.
            total (PriceAnswer): Money in minor units.
            occurrences (list[OccurrenceAnswer]):
            next_action (NextActionAnswer | None | Unset):
     """

    id: UUID
    status: BookingStatus
    status_reason: None | str
    service_id: UUID
    provider_id: None | UUID
    rrule: str
    timezone: str
    mode: SeriesMode
    payment: SeriesPayment
    payment_required: bool
    seats: int
    hold_expires_at: datetime.datetime
    created_at: datetime.datetime
    due_now: PriceAnswer
    total: PriceAnswer
    occurrences: list[OccurrenceAnswer]
    next_action: NextActionAnswer | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.next_action_answer import NextActionAnswer # noqa: PLC0415
        from ..models.occurrence_answer import OccurrenceAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        id = str(self.id)

        status = self.status.value

        status_reason: None | str
        status_reason = self.status_reason

        service_id = str(self.service_id)

        provider_id: None | str
        if isinstance(self.provider_id, UUID):
            provider_id = str(self.provider_id)
        else:
            provider_id = self.provider_id

        rrule = self.rrule

        timezone = self.timezone

        mode = self.mode.value

        payment = self.payment.value

        payment_required = self.payment_required

        seats = self.seats

        hold_expires_at = self.hold_expires_at.isoformat()

        created_at = self.created_at.isoformat()

        due_now = self.due_now.to_dict()

        total = self.total.to_dict()

        occurrences = []
        for occurrences_item_data in self.occurrences:
            occurrences_item = occurrences_item_data.to_dict()
            occurrences.append(occurrences_item)



        next_action: dict[str, Any] | None | Unset
        if isinstance(self.next_action, Unset):
            next_action = UNSET
        elif isinstance(self.next_action, NextActionAnswer):
            next_action = self.next_action.to_dict()
        else:
            next_action = self.next_action


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "status": status,
            "status_reason": status_reason,
            "service_id": service_id,
            "provider_id": provider_id,
            "rrule": rrule,
            "timezone": timezone,
            "mode": mode,
            "payment": payment,
            "payment_required": payment_required,
            "seats": seats,
            "hold_expires_at": hold_expires_at,
            "created_at": created_at,
            "due_now": due_now,
            "total": total,
            "occurrences": occurrences,
        })
        if next_action is not UNSET:
            field_dict["next_action"] = next_action

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.next_action_answer import NextActionAnswer # noqa: PLC0415
        from ..models.occurrence_answer import OccurrenceAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        status = BookingStatus(d.pop("status"))




        def _parse_status_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        status_reason = _parse_status_reason(d.pop("status_reason"))


        service_id = UUID(d.pop("service_id"))




        def _parse_provider_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                provider_id_type_0 = UUID(data)



                return provider_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        provider_id = _parse_provider_id(d.pop("provider_id"))


        rrule = d.pop("rrule")

        timezone = d.pop("timezone")

        mode = SeriesMode(d.pop("mode"))




        payment = SeriesPayment(d.pop("payment"))




        payment_required = d.pop("payment_required")

        seats = d.pop("seats")

        hold_expires_at = datetime.datetime.fromisoformat(d.pop("hold_expires_at"))




        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        due_now = PriceAnswer.from_dict(d.pop("due_now"))




        total = PriceAnswer.from_dict(d.pop("total"))




        occurrences = []
        _occurrences = d.pop("occurrences")
        for occurrences_item_data in (_occurrences):
            occurrences_item = OccurrenceAnswer.from_dict(occurrences_item_data)



            occurrences.append(occurrences_item)


        def _parse_next_action(data: object) -> NextActionAnswer | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                next_action_type_0 = NextActionAnswer.from_dict(data)



                return next_action_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NextActionAnswer | None | Unset, data)

        next_action = _parse_next_action(d.pop("next_action", UNSET))


        series_answer = cls(
            id=id,
            status=status,
            status_reason=status_reason,
            service_id=service_id,
            provider_id=provider_id,
            rrule=rrule,
            timezone=timezone,
            mode=mode,
            payment=payment,
            payment_required=payment_required,
            seats=seats,
            hold_expires_at=hold_expires_at,
            created_at=created_at,
            due_now=due_now,
            total=total,
            occurrences=occurrences,
            next_action=next_action,
        )


        series_answer.additional_properties = d
        return series_answer

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
