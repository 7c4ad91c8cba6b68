"""The sandbox as a whole: on this machine alone, marked as what it is, and the same after a restart."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from embedded.ports import free_port
from sandbox.app import NotLocal, Sandbox, build_sandbox, check_local, serve
from tests.sandbox.serving import serving
from tests.waiting import until

ROOT = Path(__file__).parents[2]
EVENTS = "/google/calendar/v3/calendars/grace%40salon.example/events"
EVENT = {"id": "abcde", "start": {"dateTime": "2027-03-08T09:00:00Z"}, "end": {"dateTime": "2027-03-08T09:30:00Z"}}
TEXTS = "/twilio/2010-04-01/Accounts/AC1/Messages.json"
TEXT = {"To": "+442071838750", "From": "+15005550006", "Body": "Hello"}


@asynccontextmanager
async def talking_to(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(sandbox.http, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("AC1", "token")) as client:
        yield client


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_is_local(host: str) -> None:
    check_local(host)


EVERYWHERE = "0.0.0.0"  # noqa: S104 (refused)


@pytest.mark.parametrize(
    "host", [EVERYWHERE, "::", "192.168.1.10", "8.8.8.8", "example.com", "", "127.0.0.1.nip.io", "2130706433"]
)
def test_what_others_can_reach_is_not(host: str) -> None:
    with pytest.raises(NotLocal, match="this machine only"):
        check_local(host)


async def test_every_answer_says_that_it_is_the_sandboxs() -> None:
    sandbox = build_sandbox()

    @sandbox.http.get("/broken")
    async def broken() -> None:
        raise RuntimeError("on purpose")

    async with talking_to(sandbox) as client:
        faults = {"vendor": "twilio", "mode": "error_500"}
        answers = [
            await client.get("/state"),
            await client.get("/outbox"),
            await client.get("/nowhere"),
            await client.get("/broken"),
            await client.post("/faults", json={"vendor": "nobody"}),
            await client.post("/faults", json=faults),
            await client.post(TEXTS, data=TEXT),  # meets the fault
            await client.post(TEXTS, data=TEXT),
            await client.post(EVENTS, content=b"no json"),
            await client.get(EVENTS.replace("google", "google/nowhere")),
            await client.get("/stripe/v1/payment_intents/pi_1"),
            await client.get("/docs"),
        ]
    assert [200, 200, 404, 500, 422, 201, 500, 201, 400, 404] == [answer.status_code for answer in answers[:10]]
    assert [["true"]] * len(answers) == [answer.headers.get_list("x-slotkeeper-sandbox") for answer in answers]


async def test_the_state_survives_a_restart_and_can_be_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    async with talking_to(build_sandbox(file)) as client:
        await client.post(EVENTS, json=EVENT)
        await client.post(TEXTS, data=TEXT)
        before = (await client.get("/state")).json()
    assert (1, 1) == (len(before["calendar_events"]), len(before["messages"]))
    async with talking_to(build_sandbox(file)) as client:
        assert before == (await client.get("/state")).json()
        assert httpx.codes.CONFLICT == (await client.post(EVENTS, json=EVENT)).status_code
        assert httpx.codes.NO_CONTENT == (await client.delete("/state")).status_code
        assert {"payments": [], "calendar_events": [], "messages": [], "webhooks": []} == (await client.get("/state")).json()
        assert httpx.codes.OK == (await client.post(EVENTS, json=EVENT)).status_code
    async with talking_to(build_sandbox(file)) as client:
        assert 1 == len((await client.get("/state")).json()["calendar_events"])


async def test_the_outbox_shows_what_the_vendors_got() -> None:
    async with talking_to(build_sandbox()) as client:
        await client.post(EVENTS, json=EVENT | {"summary": "Haircut – <script>Ada</script>"})
        await client.post(TEXTS, data=TEXT | {"Body": "Hello <b>Ada</b>"})
        answer = await client.get("/outbox")
    assert "text/html; charset=utf-8" == answer.headers["content-type"]
    assert "Haircut – &lt;script&gt;Ada&lt;/script&gt;" in answer.text
    assert "Hello &lt;b&gt;Ada&lt;/b&gt;" in answer.text


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"cannot take mail: .*{port}.*in use"):
            serve("127.0.0.1", 0, port, None, None, "whsec")


def slotkeeper(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLOTKEEPER_")}
    return subprocess.Popen(
        (sys.executable, str(ROOT / "cli.py"), *arguments),
        env=clean | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_refuses_an_address_that_others_can_reach() -> None:
    process = slotkeeper("sandbox", "--host", EVERYWHERE)
    told, complaint = process.communicate(timeout=30)
    assert (2, "") == (process.returncode, told)
    assert "the sandbox listens on this machine only (127.0.0.1, ::1 or localhost), not on 0.0.0.0\n" == complaint


async def test_the_command_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    http_port, smtp_port, file = free_port(), free_port(), tmp_path / "sandbox.json"
    process = slotkeeper(
        *("sandbox", "--http-port", str(http_port), "--smtp-port", str(smtp_port), "--state-file", str(file)),
        SLOTKEEPER_DATABASE_URL="postgresql://nobody@127.0.0.1/none",
        SLOTKEEPER_TOKEN_SECRET="t" * 32,
    )
    try:
        async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{http_port}", timeout=5) as client:

            async def answers() -> bool:
                try:
                    return (await client.get("/state")).is_success
                except httpx.TransportError:
                    assert process.poll() is None, process.communicate()
                    return False

            await until(answers)
            await client.post(EVENTS, json=EVENT)
    finally:
        process.send_signal(signal.SIGINT)
    told, complaint = await asyncio.to_thread(process.communicate, timeout=20)
    assert (0, "", "") == (process.returncode, told, complaint)
    kept: dict[str, Any] = json.loads(file.read_text())
    assert ["abcde"] == [row["event"]["id"] for row in kept["google_calendars"].values()]


def test_a_broken_connection_is_broken_and_not_an_answer() -> None:
    """Through a real server: what a client sees of a planned timeout."""
    with serving(build_sandbox().http) as url, httpx.Client(base_url=url, trust_env=False, auth=("AC1", "t")) as client:
        client.post("/faults", json={"vendor": "twilio", "mode": "timeout_after"})
        with pytest.raises(httpx.TransportError):
            client.post(TEXTS, data=TEXT)
        assert 1 == len(client.get("/state").json()["messages"])
