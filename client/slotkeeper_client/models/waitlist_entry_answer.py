from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.entry_state import EntryState
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.customer_answer import CustomerAnswer
  from ..models.offer_answer import OfferAnswer
  from ..models.open_from import OpenFrom





T = TypeVar("T", bound="WaitlistEntryAnswer")



@_attrs_define
class WaitlistEntryAnswer:
    """ An entry as it stands. `position` counts from 1 among all who wait for the service, null for one that waits no more.

    `lapsed`: several offers were not answered; `over`: no day is left of what was wished for.

        Attributes:
            id (UUID):
            state (EntryState): Where somebody's waiting stands. `lapsed`: offers were not answered; `over`: no day is left
                of what they wished for.
            position (int | None):
            service_id (UUID):
            provider_id (None | UUID):
            from_ (datetime.date):
            to (datetime.date):
            weekdays (list[str]):
            times (list[OpenFrom]):
            timezone (str):
            seats (int):
            duration_minutes (int | None):
            priority (int):
            lapses (int): How many offers were not answered.
            joined_at (datetime.datetime):
            customer (CustomerAnswer): Who booked.
            offer (None | OfferAnswer):
     """

    id: UUID
    state: EntryState
    position: int | None
    service_id: UUID
    provider_id: None | UUID
    from_: datetime.date
    to: datetime.date
    weekdays: list[str]
    times: list[OpenFrom]
    timezone: str
    seats: int
    duration_minutes: int | None
    priority: int
    lapses: int
    joined_at: datetime.datetime
    customer: CustomerAnswer
    offer: None | OfferAnswer
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.customer_answer import CustomerAnswer # noqa: PLC0415
        from ..models.offer_answer import OfferAnswer # noqa: PLC0415
        from ..models.open_from import OpenFrom # noqa: PLC0415
        id = str(self.id)

        state = self.state.value

        position: int | None
        position = self.position

        service_id = str(self.service_id)

        provider_id: None | str
        if isinstance(self.provider_id, UUID):
            provider_id = str(self.provider_id)
        else:
            provider_id = self.provider_id

        from_ = self.from_.isoformat()

        to = self.to.isoformat()

        weekdays = self.weekdays



        times = []
        for times_item_data in self.times:
            times_item = times_item_data.to_dict()
            times.append(times_item)



        timezone = self.timezone

        seats = self.seats

        duration_minutes: int | None
        duration_minutes = self.duration_minutes

        priority = self.priority

        lapses = self.lapses

        joined_at = self.joined_at.isoformat()

        customer = self.customer.to_dict()

        offer: dict[str, Any] | None
        if isinstance(self.offer, OfferAnswer):
            offer = self.offer.to_dict()
        else:
            offer = self.offer


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "state": state,
            "position": position,
            "service_id": service_id,
            "provider_id": provider_id,
            "from": from_,
            "to": to,
            "weekdays": weekdays,
            "times": times,
            "timezone": timezone,
            "seats": seats,
            "duration_minutes": duration_minutes,
            "priority": priority,
            "lapses": lapses,
            "joined_at": joined_at,
            "customer": customer,
            "offer": offer,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_answer import CustomerAnswer # noqa: PLC0415
        from ..models.offer_answer import OfferAnswer # noqa: PLC0415
        from ..models.open_from import OpenFrom # noqa: PLC0415
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        state = EntryState(d.pop("state"))




        def _parse_position(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        position = _parse_position(d.pop("position"))


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


        from_ = datetime.date.fromisoformat(d.pop("from"))




        to = datetime.date.fromisoformat(d.pop("to"))




        weekdays = cast(list[str], d.pop("weekdays"))


        times = []
        _times = d.pop("times")
        for times_item_data in (_times):
            times_item = OpenFrom.from_dict(times_item_data)



            times.append(times_item)


        timezone = d.pop("timezone")

        seats = d.pop("seats")

        def _parse_duration_minutes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        duration_minutes = _parse_duration_minutes(d.pop("duration_minutes"))


        priority = d.pop("priority")

        lapses = d.pop("lapses")

        joined_at = datetime.datetime.fromisoformat(d.pop("joined_at"))




        customer = CustomerAnswer.from_dict(d.pop("customer"))




        def _parse_offer(data: object) -> None | OfferAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                offer_type_0 = OfferAnswer.from_dict(data)



                return offer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OfferAnswer, data)

        offer = _parse_offer(d.pop("offer"))


        waitlist_entry_answer = cls(
            id=id,
            state=state,
            position=position,
            service_id=service_id,
            provider_id=provider_id,
            from_=from_,
            to=to,
            weekdays=weekdays,
            times=times,
            timezone=timezone,
            seats=seats,
            duration_minutes=duration_minutes,
            priority=priority,
            lapses=lapses,
            joined_at=joined_at,
            customer=customer,
            offer=offer,
        )


        waitlist_entry_answer.additional_properties = d
        return waitlist_entry_answer

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
