from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
  from ..models.refund_tier import RefundTier





T = TypeVar("T", bound="Policy")



@_attrs_define
class Policy:
    """ What comes back when a customer cancels a paid booking: the best of the tiers that still hold, at least
    `late_refund_percent`. `free_until_minutes` is short for one tier of 100 percent; without tiers it is 0, so that
    everything
    comes back until the start.

        Attributes:
            free_until_minutes (int | None | Unset):
            late_refund_percent (int | Unset):  Default: 0.
            tiers (list[RefundTier] | Unset):
     """

    free_until_minutes: int | None | Unset = UNSET
    late_refund_percent: int | Unset = 0
    tiers: list[RefundTier] | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.refund_tier import RefundTier # noqa: PLC0415
        free_until_minutes: int | None | Unset
        if isinstance(self.free_until_minutes, Unset):
            free_until_minutes = UNSET
        else:
            free_until_minutes = self.free_until_minutes

        late_refund_percent = self.late_refund_percent

        tiers: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.tiers, Unset):
            tiers = []
            for tiers_item_data in self.tiers:
                tiers_item = tiers_item_data.to_dict()
                tiers.append(tiers_item)




        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if free_until_minutes is not UNSET:
            field_dict["free_until_minutes"] = free_until_minutes
        if late_refund_percent is not UNSET:
            field_dict["late_refund_percent"] = late_refund_percent
        if tiers is not UNSET:
            field_dict["tiers"] = tiers

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.refund_tier import RefundTier # noqa: PLC0415
        d = dict(src_dict)
        def _parse_free_until_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        free_until_minutes = _parse_free_until_minutes(d.pop("free_until_minutes", UNSET))


        late_refund_percent = d.pop("late_refund_percent", UNSET)

        _tiers = d.pop("tiers", UNSET)
        tiers: list[RefundTier] | Unset = UNSET
        if _tiers is not UNSET:
            tiers = []
            for tiers_item_data in _tiers:
                tiers_item = RefundTier.from_dict(tiers_item_data)



                tiers.append(tiers_item)


        policy = cls(
            free_until_minutes=free_until_minutes,
            late_refund_percent=late_refund_percent,
            tiers=tiers,
        )

        return policy

