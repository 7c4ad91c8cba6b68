from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.booking_status import BookingStatus
from ..models.occurrence_result import OccurrenceResult
from ..models.rule import Rule
from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.price_answer import PriceAnswer
  from ..models.slot_answer import SlotAnswer





T = TypeVar("T", bound="OccurrenceAnswer")



@_attrs_define
class OccurrenceAnswer:
    """ One time of the series: a booking, or the rule that refused it, the setting or entry behind that, and what is free
    next.

    `is_shifted`: its time of day does not exist that day, so it is at the instant of the jump. `manage_token` is the
    booking's
    own, shown only when the series is made.

        Attributes:
            number (int):
            result (OccurrenceResult): `free` is what a preview says of what could be held.
            starts_at (datetime.datetime):
            is_shifted (bool):
            provider_id (None | Unset | UUID):
            booking_id (None | Unset | UUID):
            status (BookingStatus | None | Unset):
            price (None | PriceAnswer | Unset):
            paid (int | Unset):  Default: 0.
            refunded (int | Unset):  Default: 0.
            manage_token (None | str | Unset):
            rule (None | Rule | Unset):
            source (None | str | Unset):
            detail (None | str | Unset):
            next_slots (list[SlotAnswer] | Unset):
     """

    number: int
    result: OccurrenceResult
    starts_at: datetime.datetime
    is_shifted: bool
    provider_id: None | Unset | UUID = UNSET
    booking_id: None | Unset | UUID = UNSET
    status: BookingStatus | None | Unset = UNSET
    price: None | PriceAnswer | Unset = UNSET
    paid: int | Unset = 0
    refunded: int | Unset = 0
    manage_token: None | str | Unset = UNSET
    rule: None | Rule | Unset = UNSET
    source: None | str | Unset = UNSET
    detail: None | str | Unset = UNSET
    next_slots: list[SlotAnswer] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        from ..models.slot_answer import SlotAnswer # noqa: PLC0415
        number = self.number

        result = self.result.value

        starts_at = self.starts_at.isoformat()

        is_shifted = self.is_shifted

        provider_id: None | str | Unset
        if isinstance(self.provider_id, Unset):
            provider_id = UNSET
        elif isinstance(self.provider_id, UUID):
            provider_id = str(self.provider_id)
        else:
            provider_id = self.provider_id

        booking_id: None | str | Unset
        if isinstance(self.booking_id, Unset):
            booking_id = UNSET
        elif isinstance(self.booking_id, UUID):
            booking_id = str(self.booking_id)
        else:
            booking_id = self.booking_id

        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        elif isinstance(self.status, BookingStatus):
            status = self.status.value
        else:
            status = self.status

        price: dict[str, Any] | None | Unset
        if isinstance(self.price, Unset):
            price = UNSET
        elif isinstance(self.price, PriceAnswer):
            price = self.price.to_dict()
        else:
            price = self.price

        paid = self.paid

        refunded = self.refunded

        manage_token: None | str | Unset
        if isinstance(self.manage_token, Unset):
            manage_token = UNSET
        else:
            manage_token = self.manage_token

        rule: None | str | Unset
        if isinstance(self.rule, Unset):
            rule = UNSET
        elif isinstance(self.rule, Rule):
            rule = self.rule.value
        else:
            rule = self.rule

        source: None | str | Unset
        if isinstance(self.source, Unset):
            source = UNSET
        else:
            source = self.source

        detail: None | str | Unset
        if isinstance(self.detail, Unset):
            detail = UNSET
        else:
            detail = self.detail

        next_slots: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.next_slots, Unset):
            next_slots = []
            for next_slots_item_data in self.next_slots:
                next_slots_item = next_slots_item_data.to_dict()
                next_slots.append(next_slots_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "number": number,
            "result": result,
            "starts_at": starts_at,
            "is_shifted": is_shifted,
        })
        if provider_id is not UNSET:
            field_dict["provider_id"] = provider_id
        if booking_id is not UNSET:
            field_dict["booking_id"] = booking_id
        if status is not UNSET:
            field_dict["status"] = status
        if price is not UNSET:
            field_dict["price"] = price
        if paid is not UNSET:
            field_dict["paid"] = paid
        if refunded is not UNSET:
            field_dict["refunded"] = refunded
        if manage_token is not UNSET:
            field_dict["manage_token"] = manage_token
        if rule is not UNSET:
            field_dict["rule"] = rule
        if source is not UNSET:
            field_dict["source"] = source
        if detail is not UNSET:
            field_dict["detail"] = detail
        if next_slots is not UNSET:
            field_dict["next_slots"] = next_slots

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        from ..models.slot_answer import SlotAnswer # noqa: PLC0415
        d = dict(src_dict)
        number = d.pop("number")

        result = OccurrenceResult(d.pop("result"))




        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))




        is_shifted = d.pop("is_shifted")

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


        def _parse_booking_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                booking_id_type_0 = UUID(data)



                return booking_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        booking_id = _parse_booking_id(d.pop("booking_id", UNSET))


        def _parse_status(data: object) -> BookingStatus | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = BookingStatus(data)



                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BookingStatus | None | Unset, data)

        status = _parse_status(d.pop("status", UNSET))


        def _parse_price(data: object) -> None | PriceAnswer | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                price_type_0 = PriceAnswer.from_dict(data)



                return price_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PriceAnswer | Unset, data)

        price = _parse_price(d.pop("price", UNSET))


        paid = d.pop("paid", UNSET)

        refunded = d.pop("refunded", UNSET)

        def _parse_manage_token(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        manage_token = _parse_manage_token(d.pop("manage_token", UNSET))


        def _parse_rule(data: object) -> None | Rule | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rule_type_0 = Rule(data)



                return rule_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Rule | Unset, data)

        rule = _parse_rule(d.pop("rule", UNSET))


        def _parse_source(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        source = _parse_source(d.pop("source", UNSET))


        def _parse_detail(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        detail = _parse_detail(d.pop("detail", UNSET))


        _next_slots = d.pop("next_slots", UNSET)
        next_slots: list[SlotAnswer] | Unset = UNSET
        if _next_slots is not UNSET:
            next_slots = []
            for next_slots_item_data in _next_slots:
                next_slots_item = SlotAnswer.from_dict(next_slots_item_data)



                next_slots.append(next_slots_item)


        occurrence_answer = cls(
            number=number,
            result=result,
            starts_at=starts_at,
            is_shifted=is_shifted,
            provider_id=provider_id,
            booking_id=booking_id,
            status=status,
            price=price,
            paid=paid,
            refunded=refunded,
            manage_token=manage_token,
            rule=rule,
            source=source,
            detail=detail,
            next_slots=next_slots,
        )


        occurrence_answer.additional_properties = d
        return occurrence_answer

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
