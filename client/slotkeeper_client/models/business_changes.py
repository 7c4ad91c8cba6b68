from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.language import Language
from ..models.on_calendar_failure import OnCalendarFailure
from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
  from ..models.branding_changes import BrandingChanges
  from ..models.profile_changes import ProfileChanges





T = TypeVar("T", bound="BusinessChanges")



@_attrs_define
class BusinessChanges:
    """ What is left out stays as it is (RFC 7396, in `profile` and `branding` too).

        Attributes:
            name (None | str | Unset):
            timezone (None | str | Unset): The business's own clock: of its holidays and its limits a day and a week.
            currency (None | str | Unset): That services are priced in from now on; null for any.
            languages (list[Language] | None | Unset): That customers are written to in, others in the business's own; empty
                for all of ours.
            on_calendar_failure (None | OnCalendarFailure | Unset): What becomes of a paid booking whose calendar refuses
                it; of bookings that are made from now on.
            origins (list[str] | None | Unset): Of web pages that may ask from a visitor's browser, as browsers write them.
            profile (None | ProfileChanges | Unset):
            branding (BrandingChanges | None | Unset):
     """

    name: None | str | Unset = UNSET
    timezone: None | str | Unset = UNSET
    currency: None | str | Unset = UNSET
    languages: list[Language] | None | Unset = UNSET
    on_calendar_failure: None | OnCalendarFailure | Unset = UNSET
    origins: list[str] | None | Unset = UNSET
    profile: None | ProfileChanges | Unset = UNSET
    branding: BrandingChanges | None | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.branding_changes import BrandingChanges # noqa: PLC0415
        from ..models.profile_changes import ProfileChanges # noqa: PLC0415
        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        timezone: None | str | Unset
        if isinstance(self.timezone, Unset):
            timezone = UNSET
        else:
            timezone = self.timezone

        currency: None | str | Unset
        if isinstance(self.currency, Unset):
            currency = UNSET
        else:
            currency = self.currency

        languages: list[str] | None | Unset
        if isinstance(self.languages, Unset):
            languages = UNSET
        elif isinstance(self.languages, list):
            languages = []
            for languages_type_0_item_data in self.languages:
                languages_type_0_item = languages_type_0_item_data.value
                languages.append(languages_type_0_item)


        else:
            languages = self.languages

        on_calendar_failure: None | str | Unset
        if isinstance(self.on_calendar_failure, Unset):
            on_calendar_failure = UNSET
        elif isinstance(self.on_calendar_failure, OnCalendarFailure):
            on_calendar_failure = self.on_calendar_failure.value
        else:
            on_calendar_failure = self.on_calendar_failure

        origins: list[str] | None | Unset
        if isinstance(self.origins, Unset):
            origins = UNSET
        elif isinstance(self.origins, list):
            origins = self.origins


        else:
            origins = self.origins

        profile: dict[str, Any] | None | Unset
        if isinstance(self.profile, Unset):
            profile = UNSET
        elif isinstance(self.profile, ProfileChanges):
            profile = self.profile.to_dict()
        else:
            profile = self.profile

        branding: dict[str, Any] | None | Unset
        if isinstance(self.branding, Unset):
            branding = UNSET
        elif isinstance(self.branding, BrandingChanges):
            branding = self.branding.to_dict()
        else:
            branding = self.branding


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if name is not UNSET:
            field_dict["name"] = name
        if timezone is not UNSET:
            field_dict["timezone"] = timezone
        if currency is not UNSET:
            field_dict["currency"] = currency
        if languages is not UNSET:
            field_dict["languages"] = languages
        if on_calendar_failure is not UNSET:
            field_dict["on_calendar_failure"] = on_calendar_failure
        if origins is not UNSET:
            field_dict["origins"] = origins
        if profile is not UNSET:
            field_dict["profile"] = profile
        if branding is not UNSET:
            field_dict["branding"] = branding

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.branding_changes import BrandingChanges # noqa: PLC0415
        from ..models.profile_changes import ProfileChanges # noqa: PLC0415
        d = dict(src_dict)
        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))


        def _parse_timezone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        timezone = _parse_timezone(d.pop("timezone", UNSET))


        def _parse_currency(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        currency = _parse_currency(d.pop("currency", UNSET))


        def _parse_languages(data: object) -> list[Language] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                languages_type_0 = []
                _languages_type_0 = data
                for languages_type_0_item_data in (_languages_type_0):
                    languages_type_0_item = Language(languages_type_0_item_data)



                    languages_type_0.append(languages_type_0_item)

                return languages_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Language] | None | Unset, data)

        languages = _parse_languages(d.pop("languages", UNSET))


        def _parse_on_calendar_failure(data: object) -> None | OnCalendarFailure | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                on_calendar_failure_type_0 = OnCalendarFailure(data)



                return on_calendar_failure_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OnCalendarFailure | Unset, data)

        on_calendar_failure = _parse_on_calendar_failure(d.pop("on_calendar_failure", UNSET))


        def _parse_origins(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                origins_type_0 = cast(list[str], data)

                return origins_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        origins = _parse_origins(d.pop("origins", UNSET))


        def _parse_profile(data: object) -> None | ProfileChanges | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                profile_type_0 = ProfileChanges.from_dict(data)



                return profile_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProfileChanges | Unset, data)

        profile = _parse_profile(d.pop("profile", UNSET))


        def _parse_branding(data: object) -> BrandingChanges | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                branding_type_0 = BrandingChanges.from_dict(data)



                return branding_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BrandingChanges | None | Unset, data)

        branding = _parse_branding(d.pop("branding", UNSET))


        business_changes = cls(
            name=name,
            timezone=timezone,
            currency=currency,
            languages=languages,
            on_calendar_failure=on_calendar_failure,
            origins=origins,
            profile=profile,
            branding=branding,
        )

        return business_changes

