from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
  from ..models.audit_line_answer_named import AuditLineAnswerNamed





T = TypeVar("T", bound="AuditLineAnswer")



@_attrs_define
class AuditLineAnswer:
    """ Who has asked for what. `who` is a key or a person by their id, `named` the ids in the address.

    `hash` takes in that of the line before; kept elsewhere, it shows that nothing before it was changed.

        Attributes:
            seq (int):
            at (datetime.datetime):
            who (str):
            route (str):
            named (AuditLineAnswerNamed):
            address (None | str):
            hash_ (str):
     """

    seq: int
    at: datetime.datetime
    who: str
    route: str
    named: AuditLineAnswerNamed
    address: None | str
    hash_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.audit_line_answer_named import AuditLineAnswerNamed # noqa: PLC0415
        seq = self.seq

        at = self.at.isoformat()

        who = self.who

        route = self.route

        named = self.named.to_dict()

        address: None | str
        address = self.address

        hash_ = self.hash_


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "seq": seq,
            "at": at,
            "who": who,
            "route": route,
            "named": named,
            "address": address,
            "hash": hash_,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_line_answer_named import AuditLineAnswerNamed # noqa: PLC0415
        d = dict(src_dict)
        seq = d.pop("seq")

        at = datetime.datetime.fromisoformat(d.pop("at"))




        who = d.pop("who")

        route = d.pop("route")

        named = AuditLineAnswerNamed.from_dict(d.pop("named"))




        def _parse_address(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        address = _parse_address(d.pop("address"))


        hash_ = d.pop("hash")

        audit_line_answer = cls(
            seq=seq,
            at=at,
            who=who,
            route=route,
            named=named,
            address=address,
            hash_=hash_,
        )


        audit_line_answer.additional_properties = d
        return audit_line_answer

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
