"""Stand-ins for Stripe, each started once for all tests that ask for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from tests.gateways.payments.peers import RUNNING, Peer, SandboxPeer


class Peers:
    """Those that run."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._running: dict[str, Peer] = {}

    def named(self, name: str) -> Peer:
        if name not in self._running:
            self._running[name] = self._stack.enter_context(RUNNING[name]())
        return self._running[name]


@pytest.fixture(scope="session")
def peers() -> Iterator[Peers]:
    with ExitStack() as stack:
        yield Peers(stack)


@pytest.fixture
def peer(peers: Peers, request: pytest.FixtureRequest) -> Peer:
    """The stand-in named by the test's parameter."""
    return peers.named(request.param)


@pytest.fixture
async def sandbox(peers: Peers) -> AsyncIterator[SandboxPeer]:
    """Our sandbox, without what other tests have left in it."""
    running = peers.named("sandbox")
    assert isinstance(running, SandboxPeer)
    await running.http.delete(f"{running.url}/state")
    yield running
    await running.http.delete(f"{running.url}/faults")
