from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.refund_wish import RefundWish
from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="CancelBooking")



@_attrs_define
class CancelBooking:
    """ Why, in the caller's words.

        Attributes:
            reason (None | str | Unset):
            refund (None | RefundWish | Unset): Only with the business's API key: give back everything (the usual), what the
                policy says, or nothing.
     """

    reason: None | str | Unset = UNSET
    refund: None | RefundWish | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
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
        if reason is not UNSET:
            field_dict["reason"] = reason
        if refund is not UNSET:
            field_dict["refund"] = refund

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
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


        cancel_booking = cls(
            reason=reason,
            refund=refund,
        )

        return cancel_booking

