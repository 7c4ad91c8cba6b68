"""From where a request comes. Behind proxies that is what the last one we trust says, and never what a caller says of itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger("slotkeeper.api")

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

KEY = "slotkeeper.address"


def address_of(scope: Scope) -> Address | None:
    """What the middleware below found; None where there is no address, such as on a socket of this machine."""
    found: Address | None = scope.get(KEY)
    return found


def subject_of(address: Address | None) -> str:
    """Who is counted as one: a household has a /64 of IPv6 at least, and could come from all of it in turn."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)


def is_in(address: Address | None, networks: Iterable[Network]) -> bool:
    """Whether one of the networks has the address."""
    return address is not None and any(address.version == network.version and address in network for network in networks)


class ClientAddress:
    """Finds the address: the connection's, or, where that is a trusted proxy's, the last one in X-Forwarded-For that is none."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted
        self._has_warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            peer = scope.get("client")
            scope[KEY] = self._found(read_address(peer[0]) if peer else None, scope["headers"])
        await self._app(scope, receive, send)

    def _found(self, peer: Address | None, headers: Iterable[tuple[bytes, bytes]]) -> Address | None:
        forwarded = b",".join(value for name, value in headers if name == b"x-forwarded-for")
        if not forwarded:
            return peer
        if not is_in(peer, self._trusted):
            self._warn(peer)
            return peer
        nearest = peer
        for said in reversed(forwarded.decode("latin-1").split(",")):
            address = read_address(said)
            if address is None:
                break  # whoever is behind that, the last one we know sent it
            nearest = address
            if not is_in(address, self._trusted):
                break
        return nearest

    def _warn(self, peer: Address | None) -> None:
        if not self._has_warned and peer is not None and (peer.is_private or peer.is_loopback):
            self._has_warned = True
            log.warning(
                "requests come by a proxy at %s, which is not trusted, so that all are limited as one:"
                " name it in SLOTKEEPER_TRUSTED_PROXIES",
                peer,
            )


def read_address(text: str) -> Address | None:
    """With or without a port, and an IPv4 address inside an IPv6 one as what it is. None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
