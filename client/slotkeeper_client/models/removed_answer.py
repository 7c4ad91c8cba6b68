from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.rule import Rule
from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="RemovedAnswer")



@_attrs_define
class RemovedAnswer:
    """ A time that cannot be booked, the rule that removed it, the entry or setting behind the rule, and both in words.

        Attributes:
            starts_at (datetime.datetime):
            ends_at (datetime.datetime):
            provider_id (UUID):
            rule (Rule): Codes never change once released.
            source (str):
            detail (str):
     """

    starts_at: datetime.datetime
    ends_at: datetime.datetime
    provider_id: UUID
    rule: Rule
    source: str
    detail: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        starts_at = self.starts_at.isoformat()

        ends_at = self.ends_at.isoformat()

        provider_id = str(self.provider_id)

        rule = self.rule.value

        source = self.source

        detail = self.detail


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "starts_at": starts_at,
            "ends_at": ends_at,
            "provider_id": provider_id,
            "rule": rule,
            "source": source,
            "detail": detail,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))




        ends_at = datetime.datetime.fromisoformat(d.pop("ends_at"))




        provider_id = UUID(d.pop("provider_id"))




        rule = Rule(d.pop("rule"))




        source = d.pop("source")

        detail = d.pop("detail")

        removed_answer = cls(
            starts_at=starts_at,
            ends_at=ends_at,
            provider_id=provider_id,
            rule=rule,
            source=source,
            detail=detail,
        )


        removed_answer.additional_properties = d
        return removed_answer

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
