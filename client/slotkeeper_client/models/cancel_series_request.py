from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.refund_wish import RefundWish
from ..models.scope import Scope
from ..types import UNSET, Unset
from typing import cast
from uuid import UUID






T = TypeVar("T", bound="CancelSeriesRequest")



@_attrs_define
class CancelSeriesRequest:
    """ How much of it. A series that is only held is given up as a whole.

        Attributes:
            scope (Scope | Unset): How much of a confirmed series is cancelled: one booking, it and all after it, or all
                that is still to come.
            booking_id (None | Unset | UUID): The occurrence, for `one` and `from_here`.
            reason (None | str | Unset):
            refund (None | RefundWish | Unset): Only with the business's API key: give back everything (the usual), what the
                policy says, or nothing.
     """

    scope: Scope | Unset = UNSET
    booking_id: None | Unset | UUID = UNSET
    reason: None | str | Unset = UNSET
    refund: None | RefundWish | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        scope: str | Unset = UNSET
        if not isinstance(self.scope, Unset):
            scope = self.scope.value


        booking_id: None | str | Unset
        if isinstance(self.booking_id, Unset):
            booking_id = UNSET
        elif isinstance(self.booking_id, UUID):
            booking_id = str(self.booking_id)
        else:
            booking_id = self.booking_id

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        refund: None | str | Unset
        if isinstance(self.refund, Unset):
            refund = UNSET
        elif isinstance(self.refund, RefundWish):
            refund = self.refund.value
        else:
            refund = self.refund


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if scope is not UNSET:
            field_dict["scope"] = scope
        if booking_id is not UNSET:
            field_dict["booking_id"] = booking_id
        if reason is not UNSET:
            field_dict["reason"] = reason
        if refund is not UNSET:
            field_dict["refund"] = refund

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _scope = d.pop("scope", UNSET)
        scope: Scope | Unset
        if isinstance(_scope,  Unset):
            scope = UNSET
        else:
            scope = Scope(_scope)




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


        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))


        def _parse_refund(data: object) -> None | RefundWish | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                refund_type_0 = RefundWish(data)



                return refund_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RefundWish | Unset, data)

        refund = _parse_refund(d.pop("refund", UNSET))


        cancel_series_request = cls(
            scope=scope,
            booking_id=booking_id,
            reason=reason,
            refund=refund,
        )

        return cancel_series_request

