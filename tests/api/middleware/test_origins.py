"""Pages of other sites may ask where the business that they ask about has listed their origin, and nowhere else."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from tests.api.shop import Shop

PAGE = "https://salon.example"
ELSEWHERE = "https://elsewhere.example"


async def list_origins(shop: Shop, *origins: str) -> None:
    await shop.pool.execute("UPDATE businesses SET origins = $2 WHERE business_id = $1", shop.business_id, list(origins))


async def preflight(client: httpx.AsyncClient, origin: str, path: str = "/api/v1/bookings") -> httpx.Response:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    return await client.options(path, headers={"Origin": origin} | asked)


def says_nothing(answer: httpx.Response) -> bool:
    return not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_preflight_needs_no_credential(shop: Shop) -> None:
    await list_origins(shop, PAGE)
    answer = await preflight(shop.client, PAGE)
    assert (204, PAGE) == (answer.status_code, answer.headers["Access-Control-Allow-Origin"])
    assert {"POST", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert {"Authorization", "Idempotency-Key", "If-Match"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_an_origin_that_nobody_lists_is_told_nothing(shop: Shop) -> None:
    await list_origins(shop, PAGE)
    for origin in (ELSEWHERE, "null", "https://salon.example.evil.example", "http://salon.example", "*", "x" * 400):
        assert says_nothing(await preflight(shop.client, origin)), origin


async def test_a_page_reads_what_is_about_its_own_business(shop: Shop, other_shop: Shop, nine_in_a_week: datetime) -> None:
    await list_origins(shop, PAGE)
    await list_origins(other_shop, ELSEWHERE)
    service, other_service = await shop.service(), await other_shop.service()
    asked = {"date": nine_in_a_week.date().isoformat()}
    for origin, one, other in ((PAGE, service, other_service), (ELSEWHERE, other_service, service)):
        mine = await shop.client.get(f"/api/v1/services/{one}/slots", params=asked, headers={"Origin": origin})
        assert (200, origin) == (mine.status_code, mine.headers["Access-Control-Allow-Origin"])
        assert "X-Request-Id" in mine.headers["Access-Control-Expose-Headers"] and "Origin" in mine.headers["Vary"]
        theirs = await shop.client.get(f"/api/v1/services/{other}/slots", params=asked, headers={"Origin": origin})
        assert 200 == theirs.status_code and says_nothing(theirs)


async def test_a_page_books_and_reads_the_refusal(shop: Shop, nine_in_a_week: datetime) -> None:
    await list_origins(shop, PAGE)
    service = await shop.service()
    provider = await shop.provider(service)
    body = {"service_id": service, "provider_id": provider, "starts_at": nine_in_a_week.isoformat()}
    who = {"customer": {"name": "Ada", "email": "ada@example.com"}}
    answers = [await shop.client.post("/api/v1/bookings", json=body | who, headers={"Origin": PAGE}) for _ in range(2)]
    wrong = await shop.client.post("/api/v1/bookings", json=body, headers={"Origin": PAGE})
    assert [201, 409, 422] == [answer.status_code for answer in (*answers, wrong)]
    assert {PAGE} == {answer.headers["Access-Control-Allow-Origin"] for answer in (*answers, wrong)}


@pytest.mark.parametrize("origin", [PAGE, ELSEWHERE])
async def test_never_to_everybody_and_never_with_credentials(shop: Shop, origin: str) -> None:
    await list_origins(shop, PAGE)
    for answer in (
        await preflight(shop.client, origin),
        await shop.client.get("/api/v1/services", headers=shop.auth | {"Origin": origin}),
        await shop.client.get("/api/v1/services", headers={"Origin": origin}),
    ):
        assert "*" != answer.headers.get("Access-Control-Allow-Origin")
        assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_without_an_origin_nothing_is_looked_up_or_said(shop: Shop) -> None:
    assert says_nothing(await shop.get("/services"))
    assert 405 == (await shop.client.options("/api/v1/services")).status_code
