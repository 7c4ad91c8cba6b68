from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.booking_status import BookingStatus
from ..models.message_kind import MessageKind
from typing import cast
from uuid import UUID

if TYPE_CHECKING:
  from ..models.done_answer import DoneAnswer
  from ..models.price_answer import PriceAnswer
  from ..models.stuck_answer import StuckAnswer
  from ..models.under_way_answer import UnderWayAnswer





T = TypeVar("T", bound="OperationsAnswer")



@_attrs_define
class OperationsAnswer:
    """ What operators want to know of a booking, on the clock that `timezone` names.

    `is_live` is false where its workflow did not answer: then `under_way` is empty and the rest is from our books.
    `refundable` is what is left of what was paid; `resendable` are the messages that would be true.

        Attributes:
            booking_id (UUID):
            status (BookingStatus): Where a booking stands. `pending` holds the slot; the last five are final, though a
                completed one may become a no-show.
            timezone (str):
            is_live (bool):
            under_way (list[UnderWayAnswer]):
            stuck (list[StuckAnswer]):
            refundable (None | PriceAnswer):
            resendable (list[MessageKind]):
            may_give_up_hold (bool):
            done (list[DoneAnswer]):
     """

    booking_id: UUID
    status: BookingStatus
    timezone: str
    is_live: bool
    under_way: list[UnderWayAnswer]
    stuck: list[StuckAnswer]
    refundable: None | PriceAnswer
    resendable: list[MessageKind]
    may_give_up_hold: bool
    done: list[DoneAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.done_answer import DoneAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        from ..models.stuck_answer import StuckAnswer # noqa: PLC0415
        from ..models.under_way_answer import UnderWayAnswer # noqa: PLC0415
        booking_id = str(self.booking_id)

        status = self.status.value

        timezone = self.timezone

        is_live = self.is_live

        under_way = []
        for under_way_item_data in self.under_way:
            under_way_item = under_way_item_data.to_dict()
            under_way.append(under_way_item)



        stuck = []
        for stuck_item_data in self.stuck:
            stuck_item = stuck_item_data.to_dict()
            stuck.append(stuck_item)



        refundable: dict[str, Any] | None
        if isinstance(self.refundable, PriceAnswer):
            refundable = self.refundable.to_dict()
        else:
            refundable = self.refundable

        resendable = []
        for resendable_item_data in self.resendable:
            resendable_item = resendable_item_data.value
            resendable.append(resendable_item)



        may_give_up_hold = self.may_give_up_hold

        done = []
        for done_item_data in self.done:
            done_item = done_item_data.to_dict()
            done.append(done_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "booking_id": booking_id,
            "status": status,
            "timezone": timezone,
            "is_live": is_live,
            "under_way": under_way,
            "stuck": stuck,
            "refundable": refundable,
            "resendable": resendable,
            "may_give_up_hold": may_give_up_hold,
            "done": done,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.done_answer import DoneAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        from ..models.stuck_answer import StuckAnswer # noqa: PLC0415
        from ..models.under_way_answer import UnderWayAnswer # noqa: PLC0415
        d = dict(src_dict)
        booking_id = UUID(d.pop("booking_id"))




        status = BookingStatus(d.pop("status"))




        timezone = d.pop("timezone")

        is_live = d.pop("is_live")

        under_way = []
        _under_way = d.pop("under_way")
        for under_way_item_data in (_under_way):
            under_way_item = UnderWayAnswer.from_dict(under_way_item_data)



            under_way.append(under_way_item)


        stuck = []
        _stuck = d.pop("stuck")
        for stuck_item_data in (_stuck):
            stuck_item = StuckAnswer.from_dict(stuck_item_data)



            stuck.append(stuck_item)


        def _parse_refundable(data: object) -> None | PriceAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refundable_type_0 = PriceAnswer.from_dict(data)



                return refundable_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PriceAnswer, data)

        refundable = _parse_refundable(d.pop("refundable"))


        resendable = []
        _resendable = d.pop("resendable")
        for resendable_item_data in (_resendable):
            resendable_item = MessageKind(resendable_item_data)



            resendable.append(resendable_item)


        may_give_up_hold = d.pop("may_give_up_hold")

        done = []
        _done = d.pop("done")
        for done_item_data in (_done):
            done_item = DoneAnswer.from_dict(done_item_data)



            done.append(done_item)


        operations_answer = cls(
            booking_id=booking_id,
            status=status,
            timezone=timezone,
            is_live=is_live,
            under_way=under_way,
            stuck=stuck,
            refundable=refundable,
            resendable=resendable,
            may_give_up_hold=may_give_up_hold,
            done=done,
        )


        operations_answer.additional_properties = d
        return operations_answer

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
