from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.booking_status import BookingStatus
from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.approval_answer import ApprovalAnswer
  from ..models.charge_answer import ChargeAnswer
  from ..models.customer_answer import CustomerAnswer
  from ..models.next_action_answer import NextActionAnswer
  from ..models.payment_answer import PaymentAnswer
  from ..models.price_answer import PriceAnswer
  from ..models.refund_answer import RefundAnswer





T = TypeVar("T", bound="BookingAnswer")



@_attrs_define
class BookingAnswer:
    """ A booking as it stands. Its times are on the provider's clock, which `timezone` names; the price is for all seats.

        Attributes:
            id (UUID):
            status (BookingStatus): Where a booking stands. `pending` holds the slot; the last five are final, though a
                completed one may become a no-show.
            status_reason (None | str):
            service_id (UUID):
            service_name (str):
            provider_id (UUID):
            provider_name (str):
            resource_ids (list[UUID]):
            starts_at (datetime.datetime):
            ends_at (datetime.datetime):
            timezone (str):
            seats (int):
            price (PriceAnswer): Money in minor units.
            payment_required (bool):
            payment (None | PaymentAnswer):
            refunds (list[RefundAnswer]):
            charges (list[ChargeAnswer]):
            approval (ApprovalAnswer | None): How the provider's yes stands; null where none was asked for.
            next_action (NextActionAnswer | None):
            hold_expires_at (datetime.datetime):
            created_at (datetime.datetime):
            customer (CustomerAnswer): Who booked.
            series_id (None | Unset | UUID):
            override_reason (None | str | Unset): Why the business set its rules aside; only its staff are told, by the list
                and when they book.
     """

    id: UUID
    status: BookingStatus
    status_reason: None | str
    service_id: UUID
    service_name: str
    provider_id: UUID
    provider_name: str
    resource_ids: list[UUID]
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    timezone: str
    seats: int
    price: PriceAnswer
    payment_required: bool
    payment: None | PaymentAnswer
    refunds: list[RefundAnswer]
    charges: list[ChargeAnswer]
    approval: ApprovalAnswer | None
    next_action: NextActionAnswer | None
    hold_expires_at: datetime.datetime
    created_at: datetime.datetime
    customer: CustomerAnswer
    series_id: None | Unset | UUID = UNSET
    override_reason: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.approval_answer import ApprovalAnswer # noqa: PLC0415
        from ..models.charge_answer import ChargeAnswer # noqa: PLC0415
        from ..models.customer_answer import CustomerAnswer # noqa: PLC0415
        from ..models.next_action_answer import NextActionAnswer # noqa: PLC0415
        from ..models.payment_answer import PaymentAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        from ..models.refund_answer import RefundAnswer # noqa: PLC0415
        id = str(self.id)

        status = self.status.value

        status_reason: None | str
        status_reason = self.status_reason

        service_id = str(self.service_id)

        service_name = self.service_name

        provider_id = str(self.provider_id)

        provider_name = self.provider_name

        resource_ids = []
        for resource_ids_item_data in self.resource_ids:
            resource_ids_item = str(resource_ids_item_data)
            resource_ids.append(resource_ids_item)



        starts_at = self.starts_at.isoformat()

        ends_at = self.ends_at.isoformat()

        timezone = self.timezone

        seats = self.seats

        price = self.price.to_dict()

        payment_required = self.payment_required

        payment: dict[str, Any] | None
        if isinstance(self.payment, PaymentAnswer):
            payment = self.payment.to_dict()
        else:
            payment = self.payment

        refunds = []
        for refunds_item_data in self.refunds:
            refunds_item = refunds_item_data.to_dict()
            refunds.append(refunds_item)



        charges = []
        for charges_item_data in self.charges:
            charges_item = charges_item_data.to_dict()
            charges.append(charges_item)



        approval: dict[str, Any] | None
        if isinstance(self.approval, ApprovalAnswer):
            approval = self.approval.to_dict()
        else:
            approval = self.approval

        next_action: dict[str, Any] | None
        if isinstance(self.next_action, NextActionAnswer):
            next_action = self.next_action.to_dict()
        else:
            next_action = self.next_action

        hold_expires_at = self.hold_expires_at.isoformat()

        created_at = self.created_at.isoformat()

        customer = self.customer.to_dict()

        series_id: None | str | Unset
        if isinstance(self.series_id, Unset):
            series_id = UNSET
        elif isinstance(self.series_id, UUID):
            series_id = str(self.series_id)
        else:
            series_id = self.series_id

        override_reason: None | str | Unset
        if isinstance(self.override_reason, Unset):
            override_reason = UNSET
        else:
            override_reason = self.override_reason


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "status": status,
            "status_reason": status_reason,
            "service_id": service_id,
            "service_name": service_name,
            "provider_id": provider_id,
            "provider_name": provider_name,
            "resource_ids": resource_ids,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "timezone": timezone,
            "seats": seats,
            "price": price,
            "payment_required": payment_required,
            "payment": payment,
            "refunds": refunds,
            "charges": charges,
            "approval": approval,
            "next_action": next_action,
            "hold_expires_at": hold_expires_at,
            "created_at": created_at,
            "customer": customer,
        })
        if series_id is not UNSET:
            field_dict["series_id"] = series_id
        if override_reason is not UNSET:
            field_dict["override_reason"] = override_reason

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.approval_answer import ApprovalAnswer # noqa: PLC0415
        from ..models.charge_answer import ChargeAnswer # noqa: PLC0415
        from ..models.customer_answer import CustomerAnswer # noqa: PLC0415
        from ..models.next_action_answer import NextActionAnswer # noqa: PLC0415
        from ..models.payment_answer import PaymentAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        from ..models.refund_answer import RefundAnswer # noqa: PLC0415
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        status = BookingStatus(d.pop("status"))




        def _parse_status_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        status_reason = _parse_status_reason(d.pop("status_reason"))


        service_id = UUID(d.pop("service_id"))




        service_name = d.pop("service_name")

        provider_id = UUID(d.pop("provider_id"))




        provider_name = d.pop("provider_name")

        resource_ids = []
        _resource_ids = d.pop("resource_ids")
        for resource_ids_item_data in (_resource_ids):
            resource_ids_item = UUID(resource_ids_item_data)



            resource_ids.append(resource_ids_item)


        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))




        ends_at = datetime.datetime.fromisoformat(d.pop("ends_at"))




        timezone = d.pop("timezone")

        seats = d.pop("seats")

        price = PriceAnswer.from_dict(d.pop("price"))




        payment_required = d.pop("payment_required")

        def _parse_payment(data: object) -> None | PaymentAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                payment_type_0 = PaymentAnswer.from_dict(data)



                return payment_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PaymentAnswer, data)

        payment = _parse_payment(d.pop("payment"))


        refunds = []
        _refunds = d.pop("refunds")
        for refunds_item_data in (_refunds):
            refunds_item = RefundAnswer.from_dict(refunds_item_data)



            refunds.append(refunds_item)


        charges = []
        _charges = d.pop("charges")
        for charges_item_data in (_charges):
            charges_item = ChargeAnswer.from_dict(charges_item_data)



            charges.append(charges_item)


        def _parse_approval(data: object) -> ApprovalAnswer | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                approval_type_0 = ApprovalAnswer.from_dict(data)



                return approval_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ApprovalAnswer | None, data)

        approval = _parse_approval(d.pop("approval"))


        def _parse_next_action(data: object) -> NextActionAnswer | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                next_action_type_0 = NextActionAnswer.from_dict(data)



                return next_action_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NextActionAnswer | None, data)

        next_action = _parse_next_action(d.pop("next_action"))


        hold_expires_at = datetime.datetime.fromisoformat(d.pop("hold_expires_at"))




        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        customer = CustomerAnswer.from_dict(d.pop("customer"))




        def _parse_series_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                series_id_type_0 = UUID(data)



                return series_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        series_id = _parse_series_id(d.pop("series_id", UNSET))


        def _parse_override_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        override_reason = _parse_override_reason(d.pop("override_reason", UNSET))


        booking_answer = cls(
            id=id,
            status=status,
            status_reason=status_reason,
            service_id=service_id,
            service_name=service_name,
            provider_id=provider_id,
            provider_name=provider_name,
            resource_ids=resource_ids,
            starts_at=starts_at,
            ends_at=ends_at,
            timezone=timezone,
            seats=seats,
            price=price,
            payment_required=payment_required,
            payment=payment,
            refunds=refunds,
            charges=charges,
            approval=approval,
            next_action=next_action,
            hold_expires_at=hold_expires_at,
            created_at=created_at,
            customer=customer,
            series_id=series_id,
            override_reason=override_reason,
        )


        booking_answer.additional_properties = d
        return booking_answer

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
