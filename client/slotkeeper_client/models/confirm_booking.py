from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="ConfirmBooking")



@_attrs_define
class ConfirmBooking:
    """ How to pay, where the service is paid online; nothing otherwise.

        Attributes:
            payment_method (None | str | Unset): The payment vendor's id of the customer's payment method.
            return_url (None | str | Unset): Where the vendor sends the customer after a step of their own, such as 3-D
                Secure.
     """

    payment_method: None | str | Unset = UNSET
    return_url: None | str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        else:
            payment_method = self.payment_method

        return_url: None | str | Unset
        if isinstance(self.return_url, Unset):
            return_url = UNSET
        else:
            return_url = self.return_url


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method
        if return_url is not UNSET:
            field_dict["return_url"] = return_url

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        def _parse_payment_method(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))


        def _parse_return_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        return_url = _parse_return_url(d.pop("return_url", UNSET))


        confirm_booking = cls(
            payment_method=payment_method,
            return_url=return_url,
        )

        return confirm_booking

