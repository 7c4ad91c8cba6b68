from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.occurrence_answer import OccurrenceAnswer
  from ..models.price_answer import PriceAnswer





T = TypeVar("T", bound="SeriesPreview")



@_attrs_define
class SeriesPreview:
    """ What would come of it now; nothing is held. `due_now` is paid when it is confirmed, `total` in the end.

        Attributes:
            rrule (str):
            timezone (str):
            occurrences (list[OccurrenceAnswer]):
            due_now (PriceAnswer): Money in minor units.
            total (PriceAnswer): Money in minor units.
     """

    rrule: str
    timezone: str
    occurrences: list[OccurrenceAnswer]
    due_now: PriceAnswer
    total: PriceAnswer
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.occurrence_answer import OccurrenceAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        rrule = self.rrule

        timezone = self.timezone

        occurrences = []
        for occurrences_item_data in self.occurrences:
            occurrences_item = occurrences_item_data.to_dict()
            occurrences.append(occurrences_item)



        due_now = self.due_now.to_dict()

        total = self.total.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "rrule": rrule,
            "timezone": timezone,
            "occurrences": occurrences,
            "due_now": due_now,
            "total": total,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.occurrence_answer import OccurrenceAnswer # noqa: PLC0415
        from ..models.price_answer import PriceAnswer # noqa: PLC0415
        d = dict(src_dict)
        rrule = d.pop("rrule")

        timezone = d.pop("timezone")

        occurrences = []
        _occurrences = d.pop("occurrences")
        for occurrences_item_data in (_occurrences):
            occurrences_item = OccurrenceAnswer.from_dict(occurrences_item_data)



            occurrences.append(occurrences_item)


        due_now = PriceAnswer.from_dict(d.pop("due_now"))




        total = PriceAnswer.from_dict(d.pop("total"))




        series_preview = cls(
            rrule=rrule,
            timezone=timezone,
            occurrences=occurrences,
            due_now=due_now,
            total=total,
        )


        series_preview.additional_properties = d
        return series_preview

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
