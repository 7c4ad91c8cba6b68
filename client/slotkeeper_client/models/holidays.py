from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="Holidays")



@_attrs_define
class Holidays:
    """ On whose public holidays the business is closed, and on which of them it is not. Without a country it keeps none.

        Attributes:
            country (None | str | Unset): ISO 3166-1, such as DE.
            region (None | str | Unset): The second part of ISO 3166-2, such as BY; the whole country's when left out.
            not_kept (list[str] | Unset): Names of holidays, as this call answers them, on which the business is open.
     """

    country: None | str | Unset = UNSET
    region: None | str | Unset = UNSET
    not_kept: list[str] | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        country: None | str | Unset
        if isinstance(self.country, Unset):
            country = UNSET
        else:
            country = self.country

        region: None | str | Unset
        if isinstance(self.region, Unset):
            region = UNSET
        else:
            region = self.region

        not_kept: list[str] | Unset = UNSET
        if not isinstance(self.not_kept, Unset):
            not_kept = self.not_kept




        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if country is not UNSET:
            field_dict["country"] = country
        if region is not UNSET:
            field_dict["region"] = region
        if not_kept is not UNSET:
            field_dict["not_kept"] = not_kept

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        def _parse_country(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        country = _parse_country(d.pop("country", UNSET))


        def _parse_region(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        region = _parse_region(d.pop("region", UNSET))


        not_kept = cast(list[str], d.pop("not_kept", UNSET))


        holidays = cls(
            country=country,
            region=region,
            not_kept=not_kept,
        )

        return holidays

