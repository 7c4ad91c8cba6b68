"""The switchboard: each planned fault comes as planned, at the call it was planned for, and then no more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from sandbox.faults import Fault, Faults, FaultyVendor, Mode
from tests.sandbox.serving import serving


@dataclass(slots=True)
class Vendor:
    """ASGI: notes each request that reaches it, and whether it is to say no."""

    heard: list[tuple[str, bool]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await Request(scope, receive).body()).decode()
        self.heard.append((body, bool(scope.get("sandbox.decline"))))
        await JSONResponse({"nth": len(self.heard)})(scope, receive, send)


@pytest.fixture(scope="module")
def faults() -> Faults:
    return Faults()


@pytest.fixture(scope="module")
def running(faults: Faults) -> Iterator[tuple[Vendor, str]]:
    vendor = Vendor()
    operations = {"/send": "send", "/look": "look"}
    with serving(FaultyVendor(vendor, "twilio", lambda _, path: operations.get(path), faults)) as url:
        yield vendor, url


@pytest.fixture
def vendor(running: tuple[Vendor, str], faults: Faults) -> Vendor:
    running[0].heard.clear()
    faults.planned.clear()
    return running[0]


@pytest.fixture
async def client(running: tuple[Vendor, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=running[1], trust_env=False) as opened:
        yield opened


def plan(
    faults: Faults, mode: Mode, *, operation: str = "send", vendor: str = "twilio", times: int = 1, seconds: float = 0.3
) -> None:
    faults.planned.append(Fault(vendor=vendor, operation=operation, mode=mode, times=times, seconds=seconds))


async def test_without_a_fault_a_call_passes(vendor: Vendor, client: httpx.AsyncClient) -> None:
    assert {"nth": 1} == (await client.post("/send", content="hello")).json()
    assert [("hello", False)] == vendor.heard


async def test_error_500_is_said_before_anything_happens(faults: Faults, vendor: Vendor, client: httpx.AsyncClient) -> None:
    plan(faults, Mode.ERROR_500)
    assert 500 == (await client.post("/send")).status_code
    assert [] == vendor.heard


async def test_timeout_before_breaks_the_connection_before_anything_happens(
    faults: Faults, vendor: Vendor, client: httpx.AsyncClient
) -> None:
    plan(faults, Mode.TIMEOUT_BEFORE)
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post("/send")
    assert [] == vendor.heard


async def test_timeout_after_breaks_the_connection_when_it_has_happened(
    faults: Faults, vendor: Vendor, client: httpx.AsyncClient
) -> None:
    plan(faults, Mode.TIMEOUT_AFTER)
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post("/send", content="hello")
    assert [("hello", False)] == vendor.heard


async def test_duplicate_delivers_twice_and_answers_the_second(faults: Faults, vendor: Vendor, client: httpx.AsyncClient) -> None:
    plan(faults, Mode.DUPLICATE)
    assert {"nth": 2} == (await client.post("/send", content="hello")).json()
    assert [("hello", False)] * 2 == vendor.heard


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_slow_takes_its_time_and_holds_up_nobody_else(
    faults: Faults, vendor: Vendor, client: httpx.AsyncClient, method: str
) -> None:
    plan(faults, Mode.SLOW, seconds=0.8)
    began = time.monotonic()
    slow = asyncio.create_task(client.request(method, "/send"))
    while faults.planned[0].times:
        await asyncio.sleep(0.01)
    assert 200 == (await client.get("/look")).status_code
    assert not slow.done()
    assert 200 == (await slow).status_code
    assert time.monotonic() - began >= 0.8


async def test_what_a_caller_gave_up_waiting_for_happens_all_the_same(
    faults: Faults, vendor: Vendor, client: httpx.AsyncClient
) -> None:
    plan(faults, Mode.SLOW)
    with pytest.raises(httpx.ReadTimeout):
        await client.post("/send", content="hello", timeout=0.1)
    while not vendor.heard:
        await asyncio.sleep(0.01)
    assert [("hello", False)] == vendor.heard


async def test_decline_lets_the_vendor_itself_say_no(faults: Faults, vendor: Vendor, client: httpx.AsyncClient) -> None:
    plan(faults, Mode.DECLINE)
    await client.post("/send", content="hello")
    assert [("hello", True)] == vendor.heard


async def test_a_fault_is_used_up_by_as_many_calls_as_planned(faults: Faults, vendor: Vendor, client: httpx.AsyncClient) -> None:
    plan(faults, Mode.ERROR_500, times=2)
    assert [500, 500, 200] == [(await client.post("/send")).status_code for _ in range(3)]


async def test_a_fault_for_good_ends_when_it_is_cleared(faults: Faults, vendor: Vendor, client: httpx.AsyncClient) -> None:
    plan(faults, Mode.ERROR_500, times=-1)
    assert [500] * 4 == [(await client.post("/send")).status_code for _ in range(4)]
    faults.planned.clear()
    assert 200 == (await client.post("/send")).status_code


async def test_a_fault_waits_for_its_own_operation(faults: Faults, vendor: Vendor, client: httpx.AsyncClient) -> None:
    plan(faults, Mode.ERROR_500, operation="send")
    assert [200, 500] == [(await client.get(path)).status_code for path in ("/look", "/send")]


async def test_a_fault_of_another_vendor_does_not_come(faults: Faults, vendor: Vendor, client: httpx.AsyncClient) -> None:
    plan(faults, Mode.ERROR_500, vendor="stripe")
    assert 200 == (await client.get("/send")).status_code


async def test_a_star_is_every_operation_but_nothing_that_is_none(
    faults: Faults, vendor: Vendor, client: httpx.AsyncClient
) -> None:
    plan(faults, Mode.ERROR_500, operation="*", times=-1)
    assert [500, 500, 200] == [(await client.get(path)).status_code for path in ("/look", "/send", "/a-page")]


async def test_faults_come_in_the_order_they_were_planned(faults: Faults, vendor: Vendor, client: httpx.AsyncClient) -> None:
    plan(faults, Mode.ERROR_500)
    plan(faults, Mode.DUPLICATE)
    assert [500, 200, 200] == [(await client.post("/send")).status_code for _ in range(3)]
    assert 3 == len(vendor.heard)


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        ("/send?about=booking-7", {}, ""),
        ("/send", {"idempotency-key": "booking-7:capture"}, ""),
        ("/send", {}, "metadata%5Bid%5D=booking%2D7"),
    ],
)
async def test_a_fault_for_certain_calls_waits_for_them(
    vendor: Vendor, faults: Faults, client: httpx.AsyncClient, path: str, headers: dict[str, str], body: str
) -> None:
    faults.planned.append(Fault(vendor="twilio", operation="send", mode=Mode.ERROR_500, only=("booking-7",)))
    assert 200 == (await client.post("/send", content="booking-8")).status_code
    assert 500 == (await client.post(path, headers=headers, content=body)).status_code
    assert 200 == (await client.post(path, headers=headers, content=body)).status_code
    assert ["booking-8", body] == [heard for heard, _ in vendor.heard]


async def test_what_was_called_is_counted(vendor: Vendor, faults: Faults, client: httpx.AsyncClient) -> None:
    faults.called.clear()
    for path in ("/send", "/look", "/send", "/unknown"):
        await client.post(path)
    assert {("twilio", "send"): 2, ("twilio", "look"): 1} == faults.called
