"""Posts signed events to the addresses that businesses gave us, and can be led to none of our own machines.

Addresses are checked after the name is resolved, and the connection is made to just those addresses, so a name that changes
its mind in between leads nowhere. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks import Webhook
from yarl import URL

from domain.webhooks import Parcel, Receipt, may_connect

ANSWERS_WITHIN = 15.0
"""Seconds; Standard Webhooks asks for 15 to 30."""

KEPT = 1000
"""Characters of an answer that are kept for the delivery log."""

LookUp = Callable[[str, int], list[str]]
"""The addresses of a host, in texts. Raises OSError. Blocks."""


class AddressRefused(OSError):
    """The name leads to a machine that we do not post to."""


class HttpWebhooks:
    """Standard Webhooks over HTTP. `may_be_local` lets a developer's own machine receive, too; never for production."""

    def __init__(self, *, may_be_local: bool, answers_within: float = ANSWERS_WITHIN, look_up: LookUp | None = None) -> None:
        self._may_be_local = may_be_local
        self._timeout = aiohttp.ClientTimeout(total=answers_within)
        # Threads of our own: a name server that never answers keeps one for a while, and nobody else's.
        self._resolver = Outside(look_up or resolve_name, ThreadPoolExecutor(64, "webhook-names"), may_be_local=may_be_local)

    async def post(self, parcel: Parcel) -> Receipt:
        """One try within the time; never raises for what the other side does or fails to do. The timestamp is the try's own."""
        at = datetime.now(UTC)
        try:
            url = URL(parcel.url)
            self._check_literal(url.raw_host or "")
            async with self._session() as session:
                said = session.post(url, data=parcel.body.encode(), headers=_headers(parcel, at), allow_redirects=False)
                async with said as response:
                    return Receipt(at, response.status, await _beginning(response))
        except (AddressRefused, aiohttp.InvalidURL):  # the latter for numbers that are no proper address, such as 127.1
            return Receipt(at, error="address-refused")
        except TimeoutError:
            return Receipt(at, error="timeout")
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            return Receipt(at, error=_code(fault))

    def _session(self) -> aiohttp.ClientSession:
        """One for each try: nothing (cookies, connections) goes from one business's receiver to another's."""
        connector = aiohttp.TCPConnector(resolver=self._resolver, use_dns_cache=False, force_close=True)
        return aiohttp.ClientSession(
            connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )

    def _check_literal(self, host: str) -> None:
        """An address in the place of a name is never resolved. Raises AddressRefused."""
        with suppress(ValueError):
            address = ipaddress.ip_address(host)
            if not may_connect(address, may_be_local=self._may_be_local):
                raise AddressRefused


class Outside(AbstractResolver):
    """Resolves names to addresses outside; one address inside spoils the whole name."""

    def __init__(self, look_up: LookUp, threads: ThreadPoolExecutor, *, may_be_local: bool) -> None:
        self._look_up = look_up
        self._threads = threads
        self._may_be_local = may_be_local

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 (aiohttp's signature)
    ) -> list[ResolveResult]:
        """Raises AddressRefused, and OSError for a name that leads nowhere."""
        texts = await asyncio.get_running_loop().run_in_executor(self._threads, self._look_up, host, port)
        found = [ipaddress.ip_address(text.partition("%")[0]) for text in texts]
        if not found or not all(may_connect(address, may_be_local=self._may_be_local) for address in found):
            raise AddressRefused
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None:
        """The threads are kept for the next try."""


def resolve_name(host: str, port: int) -> list[str]:
    """The addresses of a host as this machine's resolver finds them. Raises OSError. Blocks."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _headers(parcel: Parcel, at: datetime) -> dict[str, str]:
    signatures = " ".join(Webhook(secret).sign(parcel.id, at, parcel.body) for secret in parcel.secrets)
    return {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Slotkeeper",
        "webhook-id": parcel.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures,
    }


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """For people who look for a fault. An answer that breaks off is none; NUL is none of PostgreSQL's letters."""
    body = b""
    while len(body) < 4 * KEPT and (chunk := await response.content.read(4 * KEPT)):
        body += chunk
    return body.decode("utf-8", "replace").replace("\0", "\ufffd")[:KEPT]


def _code(fault: Exception) -> str:
    """Never the text: it may name machines of ours."""
    if isinstance(fault, aiohttp.ClientConnectorDNSError) and isinstance(fault.os_error, AddressRefused):
        return "address-refused"
    if isinstance(fault, aiohttp.ClientConnectorDNSError):
        return "name-not-found"
    if isinstance(fault, (aiohttp.ClientSSLError, ssl.SSLError)):
        return "tls-failed"
    return "connection-failed"
