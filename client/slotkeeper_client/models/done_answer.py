from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.operation_kind import OperationKind
from typing import cast
import datetime






T = TypeVar("T", bound="DoneAnswer")



@_attrs_define
class DoneAnswer:
    """ An operation as it was written down. `by` is a key's id or an operator's name; `reason` is what they said.

        Attributes:
            id (str):
            operation (OperationKind): Retry a step now, leave it out, call it done by hand, give money back, send a message
                again, give up a hold.
            step (None | str):
            said (None | str):
            by (str):
            reason (None | str):
            at (datetime.datetime):
     """

    id: str
    operation: OperationKind
    step: None | str
    said: None | str
    by: str
    reason: None | str
    at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        id = self.id

        operation = self.operation.value

        step: None | str
        step = self.step

        said: None | str
        said = self.said

        by = self.by

        reason: None | str
        reason = self.reason

        at = self.at.isoformat()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "operation": operation,
            "step": step,
            "said": said,
            "by": by,
            "reason": reason,
            "at": at,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        operation = OperationKind(d.pop("operation"))




        def _parse_step(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        step = _parse_step(d.pop("step"))


        def _parse_said(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        said = _parse_said(d.pop("said"))


        by = d.pop("by")

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))


        at = datetime.datetime.fromisoformat(d.pop("at"))




        done_answer = cls(
            id=id,
            operation=operation,
            step=step,
            said=said,
            by=by,
            reason=reason,
            at=at,
        )


        done_answer.additional_properties = d
        return done_answer

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
