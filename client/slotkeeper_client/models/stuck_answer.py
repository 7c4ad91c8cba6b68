from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.operation_kind import OperationKind
from ..models.stuck_thing import StuckThing
from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="StuckAnswer")



@_attrs_define
class StuckAnswer:
    """ One thing that is not done by our books. `code` says how it stands, `operations` what may help, `runbook` which page
    of
    docs/runbooks tells more.

        Attributes:
            booking_id (UUID):
            thing (StuckThing): What can get stuck. Each has a page of its own name in docs/runbooks.
            step (str):
            since (datetime.datetime):
            code (None | str):
            operations (list[OperationKind]):
            runbook (str):
     """

    booking_id: UUID
    thing: StuckThing
    step: str
    since: datetime.datetime
    code: None | str
    operations: list[OperationKind]
    runbook: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        booking_id = str(self.booking_id)

        thing = self.thing.value

        step = self.step

        since = self.since.isoformat()

        code: None | str
        code = self.code

        operations = []
        for operations_item_data in self.operations:
            operations_item = operations_item_data.value
            operations.append(operations_item)



        runbook = self.runbook


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "booking_id": booking_id,
            "thing": thing,
            "step": step,
            "since": since,
            "code": code,
            "operations": operations,
            "runbook": runbook,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        booking_id = UUID(d.pop("booking_id"))




        thing = StuckThing(d.pop("thing"))




        step = d.pop("step")

        since = datetime.datetime.fromisoformat(d.pop("since"))




        def _parse_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        code = _parse_code(d.pop("code"))


        operations = []
        _operations = d.pop("operations")
        for operations_item_data in (_operations):
            operations_item = OperationKind(operations_item_data)



            operations.append(operations_item)


        runbook = d.pop("runbook")

        stuck_answer = cls(
            booking_id=booking_id,
            thing=thing,
            step=step,
            since=since,
            code=code,
            operations=operations,
            runbook=runbook,
        )


        stuck_answer.additional_properties = d
        return stuck_answer

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
