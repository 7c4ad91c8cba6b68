from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.new_webhook_endpoint_event_types_item import NewWebhookEndpointEventTypesItem
from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="NewWebhookEndpoint")



@_attrs_define
class NewWebhookEndpoint:
    """ Where the business wants to hear of its bookings.

        Attributes:
            url (str): https, on the public internet; redirects are not followed.
            description (None | str | Unset): For people.
            event_types (list[NewWebhookEndpointEventTypesItem] | Unset): What to tell; an empty list means everything.
            enabled (bool | Unset):  Default: True.
     """

    url: str
    description: None | str | Unset = UNSET
    event_types: list[NewWebhookEndpointEventTypesItem] | Unset = UNSET
    enabled: bool | Unset = True





    def to_dict(self) -> dict[str, Any]:
        url = self.url

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        event_types: list[str] | Unset = UNSET
        if not isinstance(self.event_types, Unset):
            event_types = []
            for event_types_item_data in self.event_types:
                event_types_item = event_types_item_data.value
                event_types.append(event_types_item)



        enabled = self.enabled


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "url": url,
        })
        if description is not UNSET:
            field_dict["description"] = description
        if event_types is not UNSET:
            field_dict["event_types"] = event_types
        if enabled is not UNSET:
            field_dict["enabled"] = enabled

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))


        _event_types = d.pop("event_types", UNSET)
        event_types: list[NewWebhookEndpointEventTypesItem] | Unset = UNSET
        if _event_types is not UNSET:
            event_types = []
            for event_types_item_data in _event_types:
                event_types_item = NewWebhookEndpointEventTypesItem(event_types_item_data)



                event_types.append(event_types_item)


        enabled = d.pop("enabled", UNSET)

        new_webhook_endpoint = cls(
            url=url,
            description=description,
            event_types=event_types,
            enabled=enabled,
        )

        return new_webhook_endpoint

