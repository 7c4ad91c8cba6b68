from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.operation_kind import OperationKind
from typing import cast
import datetime






T = TypeVar("T", bound="UnderWayAnswer")



@_attrs_define
class UnderWayAnswer:
    """ A step that goes on right now. `next_try_at` is known where it rests between two looks; otherwise it is tried at
    least
    once a minute.

        Attributes:
            step (str):
            since (datetime.datetime):
            next_try_at (datetime.datetime | None):
            operations (list[OperationKind]):
     """

    step: str
    since: datetime.datetime
    next_try_at: datetime.datetime | None
    operations: list[OperationKind]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        step = self.step

        since = self.since.isoformat()

        next_try_at: None | str
        if isinstance(self.next_try_at, datetime.datetime):
            next_try_at = self.next_try_at.isoformat()
        else:
            next_try_at = self.next_try_at

        operations = []
        for operations_item_data in self.operations:
            operations_item = operations_item_data.value
            operations.append(operations_item)




        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "step": step,
            "since": since,
            "next_try_at": next_try_at,
            "operations": operations,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        step = d.pop("step")

        since = datetime.datetime.fromisoformat(d.pop("since"))




        def _parse_next_try_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_try_at_type_0 = datetime.datetime.fromisoformat(data)



                return next_try_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_try_at = _parse_next_try_at(d.pop("next_try_at"))


        operations = []
        _operations = d.pop("operations")
        for operations_item_data in (_operations):
            operations_item = OperationKind(operations_item_data)



            operations.append(operations_item)


        under_way_answer = cls(
            step=step,
            since=since,
            next_try_at=next_try_at,
            operations=operations,
        )


        under_way_answer.additional_properties = d
        return under_way_answer

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
