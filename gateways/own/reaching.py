"""Connections to servers that businesses name: to addresses on the internet only, and to just those that were looked at."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from niquests import AsyncSession

# Under this name it is the same that the session looks for, by whichever name it is installed.
from niquests.packages.urllib3.contrib.resolver._async.system import SystemResolver  # type: ignore[import-not-found]

from gateways.webhooks import LookUp, Outside, resolve_name


class Reach:
    """`may_be_local` lets a developer's own machine be one; never for production."""

    def __init__(self, *, may_be_local: bool, look_up: LookUp | None = None) -> None:
        self._outside = Outside(look_up or resolve_name, ThreadPoolExecutor(16, "vendor-names"), may_be_local=may_be_local)

    async def addresses(self, host: str, port: int) -> Sequence[tuple[socket.AddressFamily, tuple[str, int]]]:
        """Where a name leads, or an address that stands for itself. Raises AddressRefused, and OSError for one that leads
        nowhere."""
        found = await self._outside.resolve(host, port)
        return [(socket.AddressFamily(one["family"]), (one["host"], one["port"])) for one in found]

    async def open(self, host: str, port: int, within: float) -> socket.socket:
        """A connection to one of these addresses. Raises AddressRefused, TimeoutError and other OSErrors."""
        async with asyncio.timeout(within):
            fault: OSError = OSError("the name has no address")
            for family, address in await self.addresses(host, port):
                made = socket.socket(family, socket.SOCK_STREAM)
                made.setblocking(False)
                try:
                    await asyncio.get_running_loop().sock_connect(made, address)
                except OSError as no:
                    made.close()
                    fault = no
                except BaseException:
                    made.close()
                    raise
                else:
                    return made
            raise fault

    def session(self) -> AsyncSession:
        """For HTTP: by no proxy, and wherever it is sent on to is looked at, too."""
        session = AsyncSession(resolver=_Looking(self), disable_http3=True)
        session.trust_env = False
        session.max_redirects = 0
        return session


class _Looking(SystemResolver):  # type: ignore[misc] # it has no types under this name
    """Resolves for an HTTP client; also addresses in the place of names come by here."""

    def __init__(self, reach: Reach) -> None:
        super().__init__()
        self._reach = reach

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: str | int | None,
        family: socket.AddressFamily,  # noqa: ARG002 (the library's signature, as below)
        type: socket.SocketKind,  # noqa: A002 (the library's name)
        proto: int = 0,
        flags: int = 0,  # noqa: ARG002
        *,
        quic_upgrade_via_dns_rr: bool = False,  # noqa: ARG002
    ) -> list[Any]:
        """As `socket.getaddrinfo`. Raises AddressRefused."""
        name = host.decode("ascii") if isinstance(host, bytes) else host or ""
        return [(kind, type, proto, "", at) for kind, at in await self._reach.addresses(name, int(port or 0))]
