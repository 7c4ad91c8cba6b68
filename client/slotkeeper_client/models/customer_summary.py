from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.customer_answer import CustomerAnswer





T = TypeVar("T", bound="CustomerSummary")



@_attrs_define
class CustomerSummary:
    """ A customer, with the details that they gave last. After `erased_at` nobody knows who they were.

        Attributes:
            id (UUID):
            customer (CustomerAnswer): Who booked.
            external_id (None | str):
            created_at (datetime.datetime):
            erased_at (datetime.datetime | None):
     """

    id: UUID
    customer: CustomerAnswer
    external_id: None | str
    created_at: datetime.datetime
    erased_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.customer_answer import CustomerAnswer # noqa: PLC0415
        id = str(self.id)

        customer = self.customer.to_dict()

        external_id: None | str
        external_id = self.external_id

        created_at = self.created_at.isoformat()

        erased_at: None | str
        if isinstance(self.erased_at, datetime.datetime):
            erased_at = self.erased_at.isoformat()
        else:
            erased_at = self.erased_at


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "customer": customer,
            "external_id": external_id,
            "created_at": created_at,
            "erased_at": erased_at,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_answer import CustomerAnswer # noqa: PLC0415
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        customer = CustomerAnswer.from_dict(d.pop("customer"))




        def _parse_external_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        external_id = _parse_external_id(d.pop("external_id"))


        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        def _parse_erased_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                erased_at_type_0 = datetime.datetime.fromisoformat(data)



                return erased_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        erased_at = _parse_erased_at(d.pop("erased_at"))


        customer_summary = cls(
            id=id,
            customer=customer,
            external_id=external_id,
            created_at=created_at,
            erased_at=erased_at,
        )


        customer_summary.additional_properties = d
        return customer_summary

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
