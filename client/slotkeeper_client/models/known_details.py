from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
  from ..models.customer_answer import CustomerAnswer





T = TypeVar("T", bound="KnownDetails")



@_attrs_define
class KnownDetails:
    """ Details that were given once, and since when.

        Attributes:
            since (datetime.datetime):
            customer (CustomerAnswer): Who booked.
     """

    since: datetime.datetime
    customer: CustomerAnswer
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.customer_answer import CustomerAnswer # noqa: PLC0415
        since = self.since.isoformat()

        customer = self.customer.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "since": since,
            "customer": customer,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_answer import CustomerAnswer # noqa: PLC0415
        d = dict(src_dict)
        since = datetime.datetime.fromisoformat(d.pop("since"))




        customer = CustomerAnswer.from_dict(d.pop("customer"))




        known_details = cls(
            since=since,
            customer=customer,
        )


        known_details.additional_properties = d
        return known_details

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
