"""Calendars to write into."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from sandbox.app import build_sandbox
from sandbox.faults import Faults, FaultyVendor
from tests.gateways.calendars.discovery import faults_of
from tests.gateways.calendars.peers import CalDavPeer, GooglePeer, Peer
from tests.gateways.calendars.radicale import Forward, OnceKnown, radicale
from tests.gateways.calendars.recorder import Recorder
from tests.sandbox.serving import serving


@pytest.fixture(scope="session")
def radicale_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with radicale(tmp_path_factory.mktemp("radicale")) as url:
        yield url


@pytest.fixture(scope="session")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def google_server(client: httpx.AsyncClient) -> Iterator[GooglePeer]:
    recorder = Recorder(build_sandbox().http, mounted_at="/google")
    with serving(recorder) as url:
        yield GooglePeer(url, recorder, client)


@pytest.fixture
async def google(google_server: GooglePeer) -> AsyncIterator[GooglePeer]:
    """Whatever a test does, all that its gateway sent must be described by Google."""
    await google_server.clear()
    yield google_server
    sent = [call for call in google_server.recorder.calls if call.target.startswith("/calendar")]
    assert {} == {call.target: faults for call in sent if (faults := faults_of(call))}


@pytest.fixture(scope="session")
def caldav_server(radicale_url: str) -> Iterator[tuple[str, Faults, Recorder]]:
    faults, server = Faults(), Forward(radicale_url)
    recorder = Recorder(OnceKnown(FaultyVendor(server, "caldav", _operation_of, faults), server))
    with serving(recorder) as url:
        yield url, faults, recorder


@pytest.fixture
async def caldav(caldav_server: tuple[str, Faults, Recorder], radicale_url: str, client: httpx.AsyncClient) -> CalDavPeer:
    url, faults, recorder = caldav_server
    faults.planned.clear()
    recorder.calls.clear()
    peer = CalDavPeer(url, radicale_url, faults, recorder, client)
    await peer.open()
    return peer


@pytest.fixture(params=["google", "caldav"])
def peer(request: pytest.FixtureRequest) -> Peer:
    found: Peer = request.getfixturevalue(request.param)
    return found


def _operation_of(method: str, path: str) -> str | None:
    return {"PUT": "write_event", "DELETE": "delete_event"}.get(method)
