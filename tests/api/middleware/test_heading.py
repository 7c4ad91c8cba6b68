"""What every answer says of itself: its request's id, how long somebody waited, that a route will go; and how it is packed."""

from __future__ import annotations

import gzip
import json
import logging
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException

from api.deprecations import Deprecated
from api.middleware.compressing import SHORTEST, takes_gzip
from api.middleware.heading import SANE, Heading
from tests.api.shop import SERVICE, WEEK, FakeCommands, Shop, problem

MINE = "checkout-4711.2"


async def test_a_callers_id_is_taken_and_said_again(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/services", headers={"X-Request-Id": MINE})
    assert (401, MINE, MINE) == (answer.status_code, answer.headers["X-Request-Id"], answer.json()["request_id"])


@pytest.mark.parametrize("sent", ["", "short", "x" * 129, "with spaces in it", 'quotes"and"such', "new\tline-is-not"])
async def test_what_does_not_belong_into_a_log_is_replaced(client: httpx.AsyncClient, sent: str) -> None:
    answer = await client.get("/health/live", headers={"X-Request-Id": sent})
    assert answer.headers["X-Request-Id"] != sent and SANE.fullmatch(answer.headers["X-Request-Id"])


async def test_no_two_requests_have_one_id(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slotkeeper.test") as client:
        answers = [await client.get("/health/live") for _ in range(3)]
    assert 3 == len({answer.headers["X-Request-Id"] for answer in answers})


async def test_the_log_names_it(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "slotkeeper.api"):
        await client.get("/health/live", headers={"X-Request-Id": MINE})
    assert [MINE] == [json.loads(one.message)["request"] for one in caplog.records if one.name == "slotkeeper.api"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [("GET", "/nowhere", None, 404), ("DELETE", "/api/v1/bookings", None, 405), ("POST", "/api/v1/bookings", "x" * 70_000, 413)],
)
async def test_refusals_name_it_that_no_route_makes(
    client: httpx.AsyncClient, method: str, path: str, body: str | None, status: int
) -> None:
    answer = await client.request(method, path, content=body, headers={"X-Request-Id": MINE, "Content-Type": "application/json"})
    assert (status, MINE, MINE) == (answer.status_code, answer.headers["X-Request-Id"], answer.json()["request_id"])


async def test_a_mistake_of_ours_is_found_in_the_log_by_it(
    app: FastAPI, shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    commands.refusal = RuntimeError("a mistake")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test") as client:
        body = {"service_id": service, "provider_id": provider, "starts_at": nine_in_a_week.isoformat()}
        who = {"customer": {"name": "Ada", "email": "ada@example.com"}}
        answer = await client.post("/api/v1/bookings", json=body | who, headers={"X-Request-Id": MINE})
    assert (500, "internal-error", []) == problem(answer)
    assert MINE == answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert [one for one in caplog.records if one.levelno == logging.ERROR and MINE in one.getMessage()]


# Prefer


@pytest.mark.parametrize(
    ("prefer", "waits", "applied"),
    [
        ("wait=3", 3.0, "wait=3"),
        ("respond-async, WAIT = 0", 0.0, "wait=0"),
        ('foo; bar="wait", wait="7"; note', 7.0, "wait=7"),
        ("wait=600", 15.0, "wait=15"),
        ("wait=soon", None, None),
        ("wait=-1", None, None),
        ("await=3", None, None),
    ],
)
async def test_whoever_says_how_long_waits_no_longer(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, prefer: str, waits: float | None, applied: str | None
) -> None:
    service = await shop.service(payment="none")
    held = (await shop.book(service, await shop.provider(service), nine_in_a_week)).json()
    answer = await shop.post(f"/bookings/{held['id']}/confirm", {}, Prefer=prefer)
    assert (200, applied) == (answer.status_code, answer.headers.get("Preference-Applied"))
    assert ([] if waits is None else [waits]) == commands.waits


# Compression


@pytest.mark.parametrize(
    ("accepted", "is_taken"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("GZIP; q=1.0", True),
        ("gzip;q=0", False),
        ("*, gzip;q=0.0", False),
        ("br", False),
        ("identity", False),
        ("", False),
    ],
)
def test_only_who_takes_it_gets_it(accepted: str, is_taken: bool) -> None:
    assert is_taken is takes_gzip(accepted)


async def raw(client: httpx.AsyncClient, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """An answer and its body as it was sent."""
    async with client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([part async for part in answer.aiter_raw()])


async def test_a_long_answer_is_packed_and_says_so(client: httpx.AsyncClient) -> None:
    plain, whole = await raw(client, "/openapi.json", **{"Accept-Encoding": "identity"})
    packed, sent = await raw(client, "/openapi.json", **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers and "gzip" == packed.headers["Content-Encoding"]
    assert whole == gzip.decompress(sent) and len(sent) * 3 < len(whole)
    assert str(len(sent)) == packed.headers["Content-Length"]
    assert ["Accept-Encoding", "Accept-Encoding"] == [plain.headers["Vary"], packed.headers["Vary"]]


async def test_a_short_one_and_what_is_no_read_are_not(shop: Shop, nine_in_a_week: datetime) -> None:
    short, sent = await raw(shop.client, "/api/v1/message-settings", **shop.auth)
    assert len(sent) < SHORTEST and "Content-Encoding" not in short.headers
    made = await shop.post("/services", {**SERVICE, "name": "x" * 100})
    assert "Content-Encoding" not in made.headers


async def test_the_packed_answer_has_a_tag_of_its_own_that_counts_for_both(shop: Shop) -> None:
    path, hours = f"/providers/{await shop.provider()}/schedule", [{"start": f"{h}:00", "end": f"{h}:30"} for h in range(10, 20)]
    many = {"weekly": dict.fromkeys(WEEK, hours)}  # more than a packet of them
    assert 200 == (await shop.put(path, many)).status_code
    packed, sent = await raw(shop.client, f"/api/v1{path}", **shop.auth, **{"Accept-Encoding": "gzip"})
    plain, _ = await raw(shop.client, f"/api/v1{path}", **shop.auth, **{"Accept-Encoding": "identity"})
    tags = [packed.headers["ETag"], plain.headers["ETag"]]
    assert "gzip" == packed.headers["Content-Encoding"] and sent
    assert f'{tags[1][:-1]}-gzip"' == tags[0]
    for tag in tags:
        assert 304 == (await shop.client.get(f"/api/v1{path}", headers=shop.auth | {"If-None-Match": tag})).status_code
        assert 200 == (await shop.put(path, many, **{"If-Match": tag})).status_code


# Deprecation


OLD = Deprecated(datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 5, 1, 12, tzinfo=UTC), "https://slotkeeper.example/moves")


def with_old_routes() -> FastAPI:
    app = FastAPI()

    @app.get("/old", **OLD.route)
    async def old() -> dict[str, Any]:
        return {"is": "still here"}

    @app.get("/old/refusing", **OLD.route)
    async def refusing() -> None:
        raise HTTPException(409)

    @app.get("/new")
    async def new() -> None: ...

    app.add_middleware(Heading)
    return app


@pytest.mark.parametrize(("path", "status"), [("/old", 200), ("/old/refusing", 409)])
async def test_a_route_that_will_go_says_so_with_every_answer(path: str, status: int) -> None:
    app = with_old_routes()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slotkeeper.test") as client:
        answer, other = await client.get(path), await client.get("/new")
    assert (status, "@1793491200") == (answer.status_code, answer.headers["Deprecation"])
    assert "Sat, 01 May 2027 12:00:00 GMT" == answer.headers["Sunset"]
    assert "https://slotkeeper.example/moves" == answer.links["deprecation"]["url"]
    assert app.openapi()["paths"][path]["get"]["deprecated"] is True
    assert not {"deprecation", "sunset", "link"} & other.headers.keys()


def test_nothing_is_gone_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="sunset"):
        Deprecated(datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
