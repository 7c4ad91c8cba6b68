from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
  from ..models.template_name import TemplateName
  from ..models.templates_answer_variables import TemplatesAnswerVariables





T = TypeVar("T", bound="TemplatesAnswer")



@_attrs_define
class TemplatesAnswer:
    """ The templates that the business has replaced, and what a template may use.

        Attributes:
            own (list[TemplateName]):
            variables (TemplatesAnswerVariables | Unset):
     """

    own: list[TemplateName]
    variables: TemplatesAnswerVariables | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.template_name import TemplateName # noqa: PLC0415
        from ..models.templates_answer_variables import TemplatesAnswerVariables # noqa: PLC0415
        own = []
        for own_item_data in self.own:
            own_item = own_item_data.to_dict()
            own.append(own_item)



        variables: dict[str, Any] | Unset = UNSET
        if not isinstance(self.variables, Unset):
            variables = self.variables.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "own": own,
        })
        if variables is not UNSET:
            field_dict["variables"] = variables

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.template_name import TemplateName # noqa: PLC0415
        from ..models.templates_answer_variables import TemplatesAnswerVariables # noqa: PLC0415
        d = dict(src_dict)
        own = []
        _own = d.pop("own")
        for own_item_data in (_own):
            own_item = TemplateName.from_dict(own_item_data)



            own.append(own_item)


        _variables = d.pop("variables", UNSET)
        variables: TemplatesAnswerVariables | Unset
        if isinstance(_variables,  Unset):
            variables = UNSET
        else:
            variables = TemplatesAnswerVariables.from_dict(_variables)




        templates_answer = cls(
            own=own,
            variables=variables,
        )


        templates_answer.additional_properties = d
        return templates_answer

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
