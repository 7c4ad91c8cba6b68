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
  from ..models.tier_answer import TierAnswer





T = TypeVar("T", bound="CancellationAnswer")



@_attrs_define
class CancellationAnswer:
    """ What cancelling would give back, in minor units; `refund` and `kept` make up what was `paid`.

    `tier` is the one that counts, null where it is none of them. `holds_until` is the last instant of this quote, on
    the clock
    that `timezone` names; null where it does not get worse.

        Attributes:
            booking_id (UUID):
            paid (int):
            refund (int):
            kept (int):
            currency (str):
            refund_percent (int):
            tier (None | TierAnswer):
            holds_until (datetime.datetime | None):
            timezone (str):
     """

    booking_id: UUID
    paid: int
    refund: int
    kept: int
    currency: str
    refund_percent: int
    tier: None | TierAnswer
    holds_until: datetime.datetime | None
    timezone: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.tier_answer import TierAnswer # noqa: PLC0415
        booking_id = str(self.booking_id)

        paid = self.paid

        refund = self.refund

        kept = self.kept

        currency = self.currency

        refund_percent = self.refund_percent

        tier: dict[str, Any] | None
        if isinstance(self.tier, TierAnswer):
            tier = self.tier.to_dict()
        else:
            tier = self.tier

        holds_until: None | str
        if isinstance(self.holds_until, datetime.datetime):
            holds_until = self.holds_until.isoformat()
        else:
            holds_until = self.holds_until

        timezone = self.timezone


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "booking_id": booking_id,
            "paid": paid,
            "refund": refund,
            "kept": kept,
            "currency": currency,
            "refund_percent": refund_percent,
            "tier": tier,
            "holds_until": holds_until,
            "timezone": timezone,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tier_answer import TierAnswer # noqa: PLC0415
        d = dict(src_dict)
        booking_id = UUID(d.pop("booking_id"))




        paid = d.pop("paid")

        refund = d.pop("refund")

        kept = d.pop("kept")

        currency = d.pop("currency")

        refund_percent = d.pop("refund_percent")

        def _parse_tier(data: object) -> None | TierAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tier_type_0 = TierAnswer.from_dict(data)



                return tier_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TierAnswer, data)

        tier = _parse_tier(d.pop("tier"))


        def _parse_holds_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                holds_until_type_0 = datetime.datetime.fromisoformat(data)



                return holds_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        holds_until = _parse_holds_until(d.pop("holds_until"))


        timezone = d.pop("timezone")

        cancellation_answer = cls(
            booking_id=booking_id,
            paid=paid,
            refund=refund,
            kept=kept,
            currency=currency,
            refund_percent=refund_percent,
            tier=tier,
            holds_until=holds_until,
            timezone=timezone,
        )


        cancellation_answer.additional_properties = d
        return cancellation_answer

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
