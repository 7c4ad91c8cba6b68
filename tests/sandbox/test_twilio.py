"""The stand-in for Twilio's Messages, spoken to as its REST reference says."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.app import build_sandbox

MESSAGES = "/twilio/2010-04-01/Accounts/AC1/Messages.json"
TEXT = {"To": "+442071838750", "From": "+15005550006", "Body": "Hello & 👋"}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_sandbox().http)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("AC1", "token")) as opened:
        yield opened


async def test_a_message_is_kept_and_listed_with_the_newest_first(client: httpx.AsyncClient) -> None:
    first = (await client.post(MESSAGES, data=TEXT)).json()
    second = (await client.post(MESSAGES, data=TEXT | {"Body": "again"})).json()
    await client.post(MESSAGES, data=TEXT | {"To": "+4930901820"})
    listed = (await client.get(MESSAGES, params={"To": TEXT["To"]})).json()
    assert [second["sid"], first["sid"]] == [message["sid"] for message in listed["messages"]]
    assert ("Hello & 👋", TEXT["To"], TEXT["From"], "queued") == tuple(first[name] for name in ("body", "to", "from", "status"))


async def test_a_page_is_as_large_as_it_is_asked_for(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await client.post(MESSAGES, data=TEXT | {"Body": str(number)})
    listed = (await client.get(MESSAGES, params={"PageSize": "2"})).json()
    assert ["2", "1"] == [message["body"] for message in listed["messages"]]


@pytest.mark.parametrize("size", ["0", "-1", "1001", "many", ""])
async def test_a_page_size_that_makes_no_sense_is_refused(client: httpx.AsyncClient, size: str) -> None:
    assert 400 == (await client.get(MESSAGES, params={"PageSize": size})).status_code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": "+15005550001"}, 21211),
        ({"To": "030 1234"}, 21211),
        ({"To": ""}, 21211),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "a" * 1601}, 21617),
    ],
)
async def test_what_twilio_refuses_is_refused_with_its_code(client: httpx.AsyncClient, change: dict[str, str], code: int) -> None:
    answer = await client.post(MESSAGES, data=TEXT | change)
    assert (400, code, 400) == (answer.status_code, answer.json()["code"], answer.json()["status"])
    assert [] == (await client.get("/state")).json()["messages"]


async def test_without_credentials_nothing_is_done() -> None:
    transport = httpx.ASGITransport(build_sandbox().http)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as stranger:
        for answer in (await stranger.post(MESSAGES, data=TEXT), await stranger.get(MESSAGES)):
            assert (401, 20003) == (answer.status_code, answer.json()["code"])
