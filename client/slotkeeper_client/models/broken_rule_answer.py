from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.rule import Rule






T = TypeVar("T", bound="BrokenRuleAnswer")



@_attrs_define
class BrokenRuleAnswer:
    """ A rule that staff set aside, and the entry or setting behind it.

        Attributes:
            rule (Rule): Codes never change once released.
            source (str):
            detail (str):
     """

    rule: Rule
    source: str
    detail: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        rule = self.rule.value

        source = self.source

        detail = self.detail


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "rule": rule,
            "source": source,
            "detail": detail,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        rule = Rule(d.pop("rule"))




        source = d.pop("source")

        detail = d.pop("detail")

        broken_rule_answer = cls(
            rule=rule,
            source=source,
            detail=detail,
        )


        broken_rule_answer.additional_properties = d
        return broken_rule_answer

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
