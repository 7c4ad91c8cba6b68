from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.tier_answer import TierAnswer





T = TypeVar("T", bound="PolicyAnswer")



@_attrs_define
class PolicyAnswer:
    """ What comes back when a customer cancels a paid booking.

        Attributes:
            free_until_minutes (int | None):
            late_refund_percent (int):
            tiers (list[TierAnswer]):
     """

    free_until_minutes: int | None
    late_refund_percent: int
    tiers: list[TierAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.tier_answer import TierAnswer # noqa: PLC0415
        free_until_minutes: int | None
        free_until_minutes = self.free_until_minutes

        late_refund_percent = self.late_refund_percent

        tiers = []
        for tiers_item_data in self.tiers:
            tiers_item = tiers_item_data.to_dict()
            tiers.append(tiers_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "free_until_minutes": free_until_minutes,
            "late_refund_percent": late_refund_percent,
            "tiers": tiers,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tier_answer import TierAnswer # noqa: PLC0415
        d = dict(src_dict)
        def _parse_free_until_minutes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        free_until_minutes = _parse_free_until_minutes(d.pop("free_until_minutes"))


        late_refund_percent = d.pop("late_refund_percent")

        tiers = []
        _tiers = d.pop("tiers")
        for tiers_item_data in (_tiers):
            tiers_item = TierAnswer.from_dict(tiers_item_data)



            tiers.append(tiers_item)


        policy_answer = cls(
            free_until_minutes=free_until_minutes,
            late_refund_percent=late_refund_percent,
            tiers=tiers,
        )


        policy_answer.additional_properties = d
        return policy_answer

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
