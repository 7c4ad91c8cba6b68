"""The API is told to stop: it says so first, answers what it has begun, and the next release serves on its port meanwhile."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from api.commands.asking import HOLD_WITHIN
from api.serving import CannotListen, listen
from api.wiring import longest_answer
from embedded.ports import HOST, free_port
from settings import Settings
from tests.test_cli import CLI, environment

DRAIN = 2.0


@contextmanager
def program(url: str, database_url: str, temporal: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`slotkeeper api`, which has answered here; killed at the end where it still runs."""
    port = url.rpartition(":")[2]
    known = {"database_url": database_url, "temporal_address": temporal, "token_secret": "t" * 32, "log_level": "INFO"}
    own = environment(**known, api_port=port, api_shares_port="true", **settings)
    with subprocess.Popen([sys.executable, str(CLI), "api"], env=own, stderr=subprocess.PIPE, text=True) as started:
        said: list[str] = []
        reading = threading.Thread(target=lambda: said.extend(started.stderr or ()))
        reading.start()
        try:
            deadline = time.monotonic() + 120
            while not any("startup complete" in line for line in said):
                assert started.poll() is None and time.monotonic() < deadline, said
                time.sleep(0.05)
            yield started
        finally:
            started.kill()
            reading.join()


@pytest.fixture
def url() -> str:
    return f"http://{HOST}:{free_port()}"


def client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, trust_env=False, timeout=30)


def test_it_is_not_ready_first_and_serves_on_for_a_while(url: str, database_url: str, temporal_server: str) -> None:
    with program(url, database_url, temporal_server, api_drain_seconds=str(DRAIN)) as stopping, client(url) as http:
        assert "nobody polls" in http.get("/health/ready").json()["checks"]["worker"]
        stopping.send_signal(signal.SIGTERM)
        told = time.monotonic()
        answers = [http.get("/health/ready")]
        while "stops" not in answers[-1].json()["checks"].get("api", ""):
            assert time.monotonic() - told < DRAIN
            answers.append(http.get("/health/ready"))
        live = http.get("/health/live")
        assert (503, 200) == (answers[-1].status_code, live.status_code)
        assert "close" == live.headers["connection"]
        stopping.wait(30)
        assert time.monotonic() - told >= DRAIN


def test_what_has_begun_is_answered(url: str, database_url: str, temporal_server: str) -> None:
    """The rest of the request comes when nobody new is let in any more."""
    head = b"POST /api/v1/services HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer x\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    port = int(url.rpartition(":")[2])
    with program(url, database_url, temporal_server, api_drain_seconds="0.2") as stopping:
        with socket.create_connection((HOST, port), timeout=30) as begun:
            begun.sendall(head)
            client(url).get("/health/live")  # it has read the head, which came before
            stopping.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + 20
            while not is_refused(port):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            begun.sendall(b"{}")
            assert b"HTTP/1.1 401 " in begun.recv(4096)
        stopping.wait(30)


def is_refused(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the kernel does not share connections out")
@pytest.mark.parametrize("processes", ["1", "2"])
def test_the_next_release_listens_before_this_one_ends(url: str, database_url: str, temporal_server: str, processes: str) -> None:
    """One request after the other, each on a connection of its own: none is refused while one ends beside the other."""
    settings = {"api_drain_seconds": "2", "api_processes": processes}
    with ExitStack() as stack:
        old = stack.enter_context(program(url, database_url, temporal_server, **settings))
        stack.enter_context(program(url, database_url, temporal_server, **settings))
        http = stack.enter_context(one_by_one(url))
        old.send_signal(signal.SIGTERM)
        asked_anew(http)
        while old.poll() is None:
            asked_anew(http)
        for _ in range(5):
            assert 200 == http.get("/health/live").status_code


def test_several_processes_are_gone_when_the_one_that_started_them_is_killed(
    url: str, database_url: str, temporal_server: str
) -> None:
    """Else they would answer on, and keep the port from whoever starts the API again."""
    with program(url, database_url, temporal_server, api_drain_seconds="60", api_processes="2") as killed:
        killed.kill()
        deadline = time.monotonic() + 20
        while not is_refused(int(url.rpartition(":")[2])):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def one_by_one(url: str) -> httpx.Client:
    """Each request on a connection of its own."""
    return httpx.Client(base_url=url, trust_env=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))


def asked_anew(http: httpx.Client) -> None:
    """Answered, if need be at the second try: a connection that nobody had taken when the port was let go is reset."""
    try:
        answer = http.get("/health/live")
    except (httpx.ReadError, httpx.RemoteProtocolError):
        answer = http.get("/health/live")
    assert 200 == answer.status_code


def test_a_second_sigterm_does_not_wait(url: str, database_url: str, temporal_server: str) -> None:
    with program(url, database_url, temporal_server, api_drain_seconds="60") as stopping:
        for _ in range(2):
            stopping.send_signal(signal.SIGTERM)
            answer_of_draining(stopping, url)
        stopping.wait(30)


def answer_of_draining(stopping: subprocess.Popen[str], url: str) -> None:
    """Returns when the signal has been taken."""
    deadline = time.monotonic() + 20
    while stopping.poll() is None and time.monotonic() < deadline:
        try:
            if "api" in httpx.get(f"{url}/health/ready", trust_env=False, timeout=30).json()["checks"]:
                return
        except httpx.TransportError:
            return


def test_a_port_that_is_not_shared_is_had_by_one() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        for is_shared in (False, True):
            with pytest.raises(CannotListen, match=f"{HOST}, port {port}: {os.strerror(98).lower()}"):
                listen(HOST, port, is_shared=is_shared)


def test_no_answer_is_cut_off_that_somebody_may_still_wait_for() -> None:
    settings = Settings(database_url="postgresql://unused", token_secret="t" * 32, confirm_wait_seconds=60)
    assert longest_answer(settings) >= 70
    assert longest_answer(settings.model_copy(update={"confirm_wait_seconds": 1})) > HOLD_WITHIN.total_seconds()
