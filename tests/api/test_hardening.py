"""What each answer tells browsers, and how long anybody may take."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from api.application import build_app
from api.impatient import Impatient
from api.middleware.security_headers import USUAL
from api.middleware.time_limits import TimeLimits
from settings import Settings
from tests.api.shop import FakeCommands, Shop, problem
from tests.api.test_permissions import DECLARED, address_of

BEHIND_TLS = build_app(Settings(database_url="postgresql://unused", token_secret="t" * 32, public_url="https://book.example"))


def lacks(answer: httpx.Response) -> set[str]:
    """Which of the usual header fields an answer has not."""
    return {name for name in USUAL if name not in answer.headers}


async def test_every_route_answers_with_all_of_them(shop: Shop) -> None:
    for name in DECLARED:
        method, path = address_of(name)
        answer = await shop.client.request(method, path, headers=shop.auth)
        assert set() == lacks(answer), name
        assert "nosniff" == answer.headers["x-content-type-options"]
        assert "no-store" == answer.headers["cache-control"] or "slots" in path, name


@pytest.mark.parametrize("path", ["/", "/nothing/here", "/docs", "/openapi.json", "/docs/assets/swagger-ui.css", "/api/v1/%00"])
async def test_so_do_pages_and_what_is_not_there(client: httpx.AsyncClient, path: str) -> None:
    assert set() == lacks(await client.get(path))


async def test_so_does_a_mistake_of_ours(app: FastAPI, shop: Shop, commands: FakeCommands, nine_in_a_week: Any) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    commands.refusal = ZeroDivisionError("a mistake")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test") as client:
        wanted = {"service_id": service, "provider_id": provider, "starts_at": nine_in_a_week.isoformat()}
        customer = {"name": "Grace", "email": "grace@example.com"}
        answer = await client.post("/api/v1/bookings", json=wanted | {"customer": customer})
    assert 500 == answer.status_code
    assert set() == lacks(answer)
    assert "mistake" not in answer.json()["title"] and "Zero" not in answer.text


async def test_only_behind_tls_browsers_are_told_to_stay_there(client: httpx.AsyncClient) -> None:
    assert "strict-transport-security" not in (await client.get("/docs")).headers
    async with httpx.AsyncClient(transport=httpx.ASGITransport(BEHIND_TLS), base_url="https://book.example") as behind:
        for path in ("/docs", "/nothing"):
            told = (await behind.get(path)).headers["strict-transport-security"]
            assert 31_536_000 <= int(re.search(r"max-age=(\d+)", told)[1])  # type: ignore[index]
            assert "includeSubDomains" in told


async def test_the_docs_run_only_their_own_script(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
    assert "unsafe" not in policy["script-src"]
    assert 1 == len(re.findall(r"'sha256-[A-Za-z0-9+/]+=*'", policy["script-src"]))
    assert ("'none'", "'none'") == (policy["object-src"], policy["frame-ancestors"])
    everything_else = (await client.get("/health/live")).headers["content-security-policy"]
    assert "script-src" not in everything_else and "default-src 'none'" in everything_else


async def ask(app: Any, *bodies: tuple[float, bytes], body: float = 0.2, answer: float = 0.2) -> tuple[int, dict[str, Any]]:
    """Sends these parts after these pauses; returns the status and header fields of the answer."""
    parts, sent = iter(bodies), []

    async def receive() -> dict[str, Any]:
        found = next(parts, None)
        if found is None:
            await asyncio.Event().wait()
        assert found is not None
        await asyncio.sleep(found[0])
        return {"type": "http.request", "body": found[1], "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/health/live", "headers": [], "query_string": b""}
    await TimeLimits(app, body, answer)(scope, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


async def test_an_answer_that_never_comes_is_given_up() -> None:
    async def never(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    status, headers = await ask(never)
    assert (503, "5") == (status, headers["retry-after"])


async def test_an_answer_that_has_begun_is_not_answered_twice() -> None:
    async def stops(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await ask(stops)


@contextmanager
def served(app: Any) -> Iterator[tuple[str, int]]:
    """By uvicorn as the product starts it, but more impatient."""

    class Hasty(Impatient):
        head_within = 0.4

    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http=Hasty, log_config=None, lifespan="off", proxy_headers=False))
    thread = Thread(target=server.run, args=[[bound]])
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield bound.getsockname()
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


@pytest.fixture
async def place() -> AsyncIterator[tuple[str, int]]:
    settings = Settings(database_url="postgresql://unused", token_secret="t" * 32, api_body_seconds=0.4)
    with served(build_app(settings)) as address:
        yield address


HEAD = b"POST /api/v1/people HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


async def says(place: tuple[str, int], *parts: bytes) -> bytes:
    """What comes back until the connection is ended by the other side."""
    reader, writer = await asyncio.open_connection(*place)
    for part in parts:
        writer.write(part)
        await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()


@pytest.mark.parametrize("begun", [b"", b"P", HEAD, HEAD + b"X-Slow: "])
async def test_a_head_that_never_ends_is_given_up(place: tuple[str, int], begun: bytes) -> None:
    assert b"" == await says(place, begun)


@pytest.mark.parametrize("framing", [b"Content-Length: 10\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"])
async def test_a_body_that_never_ends_is_answered_408(place: tuple[str, int], framing: bytes) -> None:
    answer = await says(place, HEAD + framing)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in head.lower()
    assert b'"code":"request-timeout"' in body


async def test_whoever_is_quick_is_answered(place: tuple[str, int]) -> None:
    async with httpx.AsyncClient(base_url=f"http://{place[0]}:{place[1]}", trust_env=False) as client:
        for _ in range(3):
            assert 200 == (await client.get("/health/live")).status_code
        assert (404, "not-found", []) == problem(await client.post("/api/v1/nothing", json={"email": "x"}))
