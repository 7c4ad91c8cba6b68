from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.customer_summary import CustomerSummary
  from ..models.known_booking_answer import KnownBookingAnswer
  from ..models.known_details import KnownDetails
  from ..models.waitlist_entry_answer import WaitlistEntryAnswer





T = TypeVar("T", bound="CustomerExport")



@_attrs_define
class CustomerExport:
    """ Everything that is known of a customer, to be handed to them. Times are in UTC where nothing else is said.

        Attributes:
            customer (CustomerSummary): A customer, with the details that they gave last. After `erased_at` nobody knows who
                they were.
            details (list[KnownDetails]): All that they ever gave, the oldest first.
            bookings (list[KnownBookingAnswer]):
            waitlist (list[WaitlistEntryAnswer]):
     """

    customer: CustomerSummary
    details: list[KnownDetails]
    bookings: list[KnownBookingAnswer]
    waitlist: list[WaitlistEntryAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.customer_summary import CustomerSummary # noqa: PLC0415
        from ..models.known_booking_answer import KnownBookingAnswer # noqa: PLC0415
        from ..models.known_details import KnownDetails # noqa: PLC0415
        from ..models.waitlist_entry_answer import WaitlistEntryAnswer # noqa: PLC0415
        customer = self.customer.to_dict()

        details = []
        for details_item_data in self.details:
            details_item = details_item_data.to_dict()
            details.append(details_item)



        bookings = []
        for bookings_item_data in self.bookings:
            bookings_item = bookings_item_data.to_dict()
            bookings.append(bookings_item)



        waitlist = []
        for waitlist_item_data in self.waitlist:
            waitlist_item = waitlist_item_data.to_dict()
            waitlist.append(waitlist_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "customer": customer,
            "details": details,
            "bookings": bookings,
            "waitlist": waitlist,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_summary import CustomerSummary # noqa: PLC0415
        from ..models.known_booking_answer import KnownBookingAnswer # noqa: PLC0415
        from ..models.known_details import KnownDetails # noqa: PLC0415
        from ..models.waitlist_entry_answer import WaitlistEntryAnswer # noqa: PLC0415
        d = dict(src_dict)
        customer = CustomerSummary.from_dict(d.pop("customer"))




        details = []
        _details = d.pop("details")
        for details_item_data in (_details):
            details_item = KnownDetails.from_dict(details_item_data)



            details.append(details_item)


        bookings = []
        _bookings = d.pop("bookings")
        for bookings_item_data in (_bookings):
            bookings_item = KnownBookingAnswer.from_dict(bookings_item_data)



            bookings.append(bookings_item)


        waitlist = []
        _waitlist = d.pop("waitlist")
        for waitlist_item_data in (_waitlist):
            waitlist_item = WaitlistEntryAnswer.from_dict(waitlist_item_data)



            waitlist.append(waitlist_item)


        customer_export = cls(
            customer=customer,
            details=details,
            bookings=bookings,
            waitlist=waitlist,
        )


        customer_export.additional_properties = d
        return customer_export

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
