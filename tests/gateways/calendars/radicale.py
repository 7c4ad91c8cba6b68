"""A real CalDAV server: Radicale, as a process of its own, reached through the switchboard of faults."""

from __future__ import annotations

import asyncio
import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from embedded.ports import free_port

USER, PASSWORD = "ada", "wonderful"
OTHER = "eve"
CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = {folder}/collections
[web]
type = none
[logging]
level = warning
"""


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """The address of a running server with two users, each of whom sees only their own."""
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n{OTHER}:{PASSWORD}\n")
    port = free_port()
    (folder / "config").write_text(CONFIG.format(port=port, folder=folder))
    with (folder / "log").open("w") as log:
        command = (sys.executable, "-m", "radicale", "--config", str(folder / "config"))
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/", process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    with httpx.Client(trust_env=False) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                client.get(url)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
    process.kill()
    raise RuntimeError(f"radicale did not start: {log.read_text()}")


@dataclass(frozen=True, slots=True)
class Forward:
    """ASGI: hands each request to the server as it is."""

    upstream: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        sent = {name.decode(): value.decode() for name, value in scope["headers"] if name != b"accept-encoding"}
        status, headers, content = await asyncio.to_thread(self._ask, scope["method"], scope["raw_path"].decode(), body, sent)
        kept = [(name, value) for name, value in headers if name.lower() not in (b"content-length", b"connection")]
        kept.append((b"content-length", str(len(content)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": kept})
        await send({"type": "http.response.body", "body": content})

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=20)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, [(name.encode(), value.encode()) for name, value in answer.getheaders()], answer.read()
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class OnceKnown:
    """ASGI: sends what carries credentials one way and the rest another.

    CalDAV's client asks once without, to learn how to; a fault must meet the request that does something.
    """

    known: ASGIApp
    unknown: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        carries = any(name == b"authorization" for name, _ in scope.get("headers", ()))
        await (self.known if carries else self.unknown)(scope, receive, send)
