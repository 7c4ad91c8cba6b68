from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
  from ..models.removed_answer import RemovedAnswer
  from ..models.slot_answer import SlotAnswer
  from ..models.unknown_answer import UnknownAnswer





T = TypeVar("T", bound="SlotsAnswer")



@_attrs_define
class SlotsAnswer:
    """ Free slots in order of time, shown in `timezone`. `removed` is there when `explain=1` asked for it.

    `unknown` is there when some providers' slots are left out because nobody knows whether they are free.

        Attributes:
            slots (list[SlotAnswer]):
            timezone (str):
            unknown (list[UnknownAnswer] | None | Unset):
            removed (list[RemovedAnswer] | None | Unset):
     """

    slots: list[SlotAnswer]
    timezone: str
    unknown: list[UnknownAnswer] | None | Unset = UNSET
    removed: list[RemovedAnswer] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.removed_answer import RemovedAnswer # noqa: PLC0415
        from ..models.slot_answer import SlotAnswer # noqa: PLC0415
        from ..models.unknown_answer import UnknownAnswer # noqa: PLC0415
        slots = []
        for slots_item_data in self.slots:
            slots_item = slots_item_data.to_dict()
            slots.append(slots_item)



        timezone = self.timezone

        unknown: list[dict[str, Any]] | None | Unset
        if isinstance(self.unknown, Unset):
            unknown = UNSET
        elif isinstance(self.unknown, list):
            unknown = []
            for unknown_type_0_item_data in self.unknown:
                unknown_type_0_item = unknown_type_0_item_data.to_dict()
                unknown.append(unknown_type_0_item)


        else:
            unknown = self.unknown

        removed: list[dict[str, Any]] | None | Unset
        if isinstance(self.removed, Unset):
            removed = UNSET
        elif isinstance(self.removed, list):
            removed = []
            for removed_type_0_item_data in self.removed:
                removed_type_0_item = removed_type_0_item_data.to_dict()
                removed.append(removed_type_0_item)


        else:
            removed = self.removed


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "slots": slots,
            "timezone": timezone,
        })
        if unknown is not UNSET:
            field_dict["unknown"] = unknown
        if removed is not UNSET:
            field_dict["removed"] = removed

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.removed_answer import RemovedAnswer # noqa: PLC0415
        from ..models.slot_answer import SlotAnswer # noqa: PLC0415
        from ..models.unknown_answer import UnknownAnswer # noqa: PLC0415
        d = dict(src_dict)
        slots = []
        _slots = d.pop("slots")
        for slots_item_data in (_slots):
            slots_item = SlotAnswer.from_dict(slots_item_data)



            slots.append(slots_item)


        timezone = d.pop("timezone")

        def _parse_unknown(data: object) -> list[UnknownAnswer] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                unknown_type_0 = []
                _unknown_type_0 = data
                for unknown_type_0_item_data in (_unknown_type_0):
                    unknown_type_0_item = UnknownAnswer.from_dict(unknown_type_0_item_data)



                    unknown_type_0.append(unknown_type_0_item)

                return unknown_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[UnknownAnswer] | None | Unset, data)

        unknown = _parse_unknown(d.pop("unknown", UNSET))


        def _parse_removed(data: object) -> list[RemovedAnswer] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                removed_type_0 = []
                _removed_type_0 = data
                for removed_type_0_item_data in (_removed_type_0):
                    removed_type_0_item = RemovedAnswer.from_dict(removed_type_0_item_data)



                    removed_type_0.append(removed_type_0_item)

                return removed_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[RemovedAnswer] | None | Unset, data)

        removed = _parse_removed(d.pop("removed", UNSET))


        slots_answer = cls(
            slots=slots,
            timezone=timezone,
            unknown=unknown,
            removed=removed,
        )


        slots_answer.additional_properties = d
        return slots_answer

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
