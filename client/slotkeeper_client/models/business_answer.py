from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.language import Language
from ..models.on_calendar_failure import OnCalendarFailure
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.branding_answer import BrandingAnswer
  from ..models.business_answer_links import BusinessAnswerLinks
  from ..models.profile_answer import ProfileAnswer





T = TypeVar("T", bound="BusinessAnswer")



@_attrs_define
class BusinessAnswer:
    """ The business's own settings. `links` lead to what is set elsewhere; cancelling and moving are policies of each
    service.

        Attributes:
            id (UUID):
            name (str):
            timezone (str):
            currency (None | str):
            languages (list[Language]):
            on_calendar_failure (OnCalendarFailure): What a business wants when the provider's calendar cannot be written.
            origins (list[str]):
            profile (ProfileAnswer): How to find and reach the business.
            branding (BrandingAnswer): How the business looks.
            created_at (datetime.datetime):
            links (BusinessAnswerLinks):
     """

    id: UUID
    name: str
    timezone: str
    currency: None | str
    languages: list[Language]
    on_calendar_failure: OnCalendarFailure
    origins: list[str]
    profile: ProfileAnswer
    branding: BrandingAnswer
    created_at: datetime.datetime
    links: BusinessAnswerLinks
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.branding_answer import BrandingAnswer # noqa: PLC0415
        from ..models.business_answer_links import BusinessAnswerLinks # noqa: PLC0415
        from ..models.profile_answer import ProfileAnswer # noqa: PLC0415
        id = str(self.id)

        name = self.name

        timezone = self.timezone

        currency: None | str
        currency = self.currency

        languages = []
        for languages_item_data in self.languages:
            languages_item = languages_item_data.value
            languages.append(languages_item)



        on_calendar_failure = self.on_calendar_failure.value

        origins = self.origins



        profile = self.profile.to_dict()

        branding = self.branding.to_dict()

        created_at = self.created_at.isoformat()

        links = self.links.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "name": name,
            "timezone": timezone,
            "currency": currency,
            "languages": languages,
            "on_calendar_failure": on_calendar_failure,
            "origins": origins,
            "profile": profile,
            "branding": branding,
            "created_at": created_at,
            "links": links,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.branding_answer import BrandingAnswer # noqa: PLC0415
        from ..models.business_answer_links import BusinessAnswerLinks # noqa: PLC0415
        from ..models.profile_answer import ProfileAnswer # noqa: PLC0415
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        name = d.pop("name")

        timezone = d.pop("timezone")

        def _parse_currency(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        currency = _parse_currency(d.pop("currency"))


        languages = []
        _languages = d.pop("languages")
        for languages_item_data in (_languages):
            languages_item = Language(languages_item_data)



            languages.append(languages_item)


        on_calendar_failure = OnCalendarFailure(d.pop("on_calendar_failure"))




        origins = cast(list[str], d.pop("origins"))


        profile = ProfileAnswer.from_dict(d.pop("profile"))




        branding = BrandingAnswer.from_dict(d.pop("branding"))




        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        links = BusinessAnswerLinks.from_dict(d.pop("links"))




        business_answer = cls(
            id=id,
            name=name,
            timezone=timezone,
            currency=currency,
            languages=languages,
            on_calendar_failure=on_calendar_failure,
            origins=origins,
            profile=profile,
            branding=branding,
            created_at=created_at,
            links=links,
        )


        business_answer.additional_properties = d
        return business_answer

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
