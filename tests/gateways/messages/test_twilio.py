"""Twilio through its own client, against the sandbox.

Twilio has no idempotency key. What is sent is written down (see `MessageActivities`), so only an answer that was lost can send
a second copy, and that one is looked for first, among the messages to the same number.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from domain.errors import MessageRefused
from domain.messages import MessageAccident, Sms
from gateways.messages.twilio import LOOK_BACK, TwilioSms
from sandbox.app import build_sandbox
from sandbox.faults import Mode
from sandbox.twilio import INVALID_NUMBER
from tests.sandbox.serving import serving

pytestmark = [
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated"),  # Twilio's client and aiohttp have to settle this
    pytest.mark.filterwarnings("ignore:The 'auth' parameter"),
]

TO = "+442071838750"
FROM = "+15005550006"
CONFIRMED = Sms("1:confirmation:sms", TO, "Salon: confirmed, Haircut, Mon 8 Mar 2027, 10:00 (Europe/Berlin). Ref 0123456789ab")


class Carrier:
    """The sandbox, and gateways to it."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self.api_base = f"{url}/twilio"
        self._url = url
        self._client = client
        self.sms = self.gateway()

    def gateway(self, **changes: Any) -> TwilioSms:
        return TwilioSms("AC0123456789abcdef0123456789abcdef", "token", FROM, api_base=self.api_base, **changes)

    async def plan(self, mode: Mode, operation: str = "send", **more: Any) -> None:
        fault = {"vendor": "twilio", "operation": operation, "mode": mode, **more}
        (await self._client.post(f"{self._url}/faults", json=fault)).raise_for_status()

    async def texts(self) -> list[str]:
        rows = (await self._client.get(f"{self._url}/state")).json()["messages"]
        return [row["text"] for row in rows]

    async def clear(self) -> None:
        for path in ("faults", "state"):
            await self._client.delete(f"{self._url}/{path}")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(build_sandbox().http) as url:
        yield url


@pytest.fixture
async def carrier(url: str) -> AsyncIterator[Carrier]:
    async with httpx.AsyncClient(trust_env=False) as client:
        carrier = Carrier(url, client)
        await carrier.clear()
        yield carrier


async def test_a_text_is_sent_and_its_id_told(carrier: Carrier) -> None:
    assert (await carrier.sms.send(CONFIRMED)).startswith("SM")
    assert [CONFIRMED.text] == await carrier.texts()


@pytest.mark.parametrize("text", ["Ça va? 👩🏽‍🔬 ✂️ Ref 1", "a" * 1600, "👋" * 800, "two\nlines & a=b+c%20 Ref 2"])
async def test_a_text_arrives_as_it_was_written(carrier: Carrier, text: str) -> None:
    first = await carrier.sms.send(Sms("k", TO, text))
    assert [text] == await carrier.texts()
    assert first == await carrier.sms.send(Sms("k", TO, text))  # a copy is known by its text, whatever is in it
    assert [text] == await carrier.texts()


async def test_sending_again_finds_the_first_copy(carrier: Carrier) -> None:
    ids = {await carrier.sms.send(CONFIRMED) for _ in range(3)}
    assert 1 == len(ids) == len(await carrier.texts())


async def test_another_number_or_another_text_is_another_message(carrier: Carrier) -> None:
    for sms in (CONFIRMED, Sms("k", "+4930901820", CONFIRMED.text), Sms("k", TO, f"{CONFIRMED.text}:60")):
        await carrier.sms.send(sms)
    assert 3 == len(await carrier.texts())


async def test_the_copy_is_found_behind_other_messages_to_the_same_number(carrier: Carrier) -> None:
    first = await carrier.sms.send(CONFIRMED)
    for number in range(LOOK_BACK - 1):
        await carrier.sms.send(Sms("k", TO, f"reminder {number}"))
    assert first == await carrier.sms.send(CONFIRMED)


@pytest.mark.parametrize("number", [INVALID_NUMBER, "+1", "0301234", "nobody"])
async def test_a_number_that_does_not_exist_is_refused_for_good(carrier: Carrier, number: str) -> None:
    with pytest.raises(MessageRefused) as caught:
        await carrier.sms.send(Sms("k", number, "hello"))
    assert {"code": 21211} == caught.value.facts
    assert [] == await carrier.texts()


async def test_a_number_that_has_opted_out_is_refused_for_good(carrier: Carrier) -> None:
    await carrier.plan(Mode.DECLINE)
    with pytest.raises(MessageRefused) as caught:
        await carrier.sms.send(CONFIRMED)
    assert {"code": 21610} == caught.value.facts


async def test_a_text_that_is_too_long_is_refused_for_good(carrier: Carrier) -> None:
    with pytest.raises(MessageRefused) as caught:
        await carrier.sms.send(Sms("k", TO, "a" * 1601))
    assert {"code": 21617} == caught.value.facts


@pytest.mark.parametrize("operation", ["send", "look"])
@pytest.mark.parametrize("mode", [Mode.ERROR_500, Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER])
async def test_what_goes_wrong_is_an_accident_and_the_repeat_sends_one_copy(carrier: Carrier, mode: Mode, operation: str) -> None:
    await carrier.plan(mode, operation)
    with pytest.raises(MessageAccident):
        await carrier.sms.send(CONFIRMED)
    await carrier.sms.send(CONFIRMED)
    assert [CONFIRMED.text] == await carrier.texts()


async def test_a_text_whose_answer_was_lost_is_found_and_not_sent_again(carrier: Carrier) -> None:
    await carrier.plan(Mode.TIMEOUT_AFTER)
    with pytest.raises(MessageAccident):
        await carrier.sms.send(CONFIRMED)
    assert [CONFIRMED.text] == await carrier.texts()
    assert (await carrier.sms.send(CONFIRMED)).startswith("SM")
    assert [CONFIRMED.text] == await carrier.texts()


async def test_a_network_that_delivers_the_request_twice_sends_two_copies(carrier: Carrier) -> None:
    """The one thing that looking first cannot prevent, for want of an idempotency key at the vendor."""
    await carrier.plan(Mode.DUPLICATE)
    await carrier.sms.send(CONFIRMED)
    assert [CONFIRMED.text] * 2 == await carrier.texts()


async def test_a_vendor_that_is_too_slow_is_an_accident(carrier: Carrier) -> None:
    await carrier.plan(Mode.SLOW, "look", seconds=1.0)
    with pytest.raises(MessageAccident):
        await carrier.gateway(timeout=0.1).send(CONFIRMED)
    assert [] == await carrier.texts()


async def test_a_slow_vendor_does_not_hold_up_anything_else(carrier: Carrier) -> None:
    await carrier.plan(Mode.SLOW, seconds=0.3)
    sending, turns = asyncio.create_task(carrier.sms.send(CONFIRMED)), 0
    while not sending.done():
        await asyncio.sleep(0.02)
        turns += 1
    await sending
    assert turns >= 3


async def test_nobody_there_is_an_accident() -> None:
    with pytest.raises(MessageAccident):
        await TwilioSms("AC1", "token", FROM, api_base="http://127.0.0.1:9").send(CONFIRMED)


async def test_a_mistake_of_ours_is_an_accident_that_names_the_vendors_code(carrier: Carrier) -> None:
    with pytest.raises(MessageAccident, match="400, code 21603"):
        await TwilioSms("AC1", "token", "", api_base=carrier.api_base).send(CONFIRMED)


@pytest.mark.parametrize("mode", [Mode.ERROR_500, Mode.DECLINE, Mode.TIMEOUT_BEFORE])
async def test_neither_log_nor_failure_names_the_number(carrier: Carrier, mode: Mode, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await carrier.plan(mode)
    with pytest.raises((MessageAccident, MessageRefused)) as caught:
        await carrier.sms.send(CONFIRMED)
    assert caught.value.__cause__ is None
    told = caplog.text + "".join(traceback.format_exception(caught.value))
    for part in (TO, TO.removeprefix("+"), CONFIRMED.text):
        assert part not in told


async def test_copies_of_a_text_are_counted_by_their_reference(carrier: Carrier) -> None:
    """Each text by itself: two messages about one booking are no copies of each other."""
    other = Sms("1:reminder:sms", TO, f"See you soon. {CONFIRMED.text[-16:]}")
    for message in (CONFIRMED, other):
        await carrier.sms.send(message)
    assert (1, 1) == await carrier.sms.count_copies(TO, "Ref 0123456789ab")
    assert () == await carrier.sms.count_copies(TO, "Ref ba9876543210")
    assert () == await carrier.sms.count_copies("+442071838751", "Ref 0123456789ab")
