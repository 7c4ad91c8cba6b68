"""From where a business is worked for, as it is sent and shown."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer

from api.schemas.fields import Answer, Request, plain_text, shown_as
from store.allowed_networks import AllowedNetwork

MOST = 200


def _network(value: object) -> object:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    if not isinstance(value, str):
        raise ValueError("must be an address or a network such as 203.0.113.0/24")  # noqa: TRY004 (Pydantic takes this one)
    try:
        return ip_network(value)
    except ValueError as fault:
        raise ValueError(f"must be an address or a network such as 203.0.113.0/24: {fault}") from None


def _note(text: str) -> str:
    return plain_text(text) if text else ""


NetworkField = Annotated[
    IPv4Network | IPv6Network,
    BeforeValidator(_network),
    PlainSerializer(str, return_type=str),
    shown_as(maxLength=49, examples=["203.0.113.0/24", "2001:db8::/48"]),
]


class NetworkEntry(Request):
    """One network, IPv4 or IPv6; a single address is one of its own."""

    network: NetworkField
    note: Annotated[str, Field(max_length=200), AfterValidator(_note)] = ""

    def as_allowed(self) -> AllowedNetwork:
        """As the store keeps it."""
        return AllowedNetwork(self.network, self.note)


class NewAllowedNetworks(Request):
    """The whole list; an empty one lets everybody in who has a credential."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": []}, {"items": [{"network": "203.0.113.0/24", "note": "the office"}]}]}
    )

    items: Annotated[list[NetworkEntry], Field(max_length=MOST)]


class NetworkAnswer(Answer):
    """One network."""

    network: NetworkField
    note: str


class AllowedNetworksAnswer(Answer):
    """The list; an empty one lets everybody in who has a credential."""

    items: list[NetworkAnswer]
