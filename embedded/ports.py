"""Which TCP ports of this machine are free."""

from __future__ import annotations

import errno
import secrets
import socket
import time

HOST = "127.0.0.1"
NEXT_ONES = 100
QUIET = range(20_000, 32_768)
"""From where neither Linux nor others take the ports of outgoing connections: each of those is taken without being asked for."""


def free_port() -> int:
    """Any free port; somebody else may take it before it is used, though hardly by chance."""
    for _ in range(NEXT_ONES):
        if is_free(port := secrets.choice(QUIET)):
            return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        # As servers do it: a port whose last connections are still fading away counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as fault:
            if fault.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
        return True


def becomes_free(port: int, within: float = 5.0) -> bool:
    """The same, with patience: a killed process is gone from the table before the last of its threads lets its ports go."""
    deadline = time.monotonic() + within
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_port_from(preferred: int, taken: frozenset[int] = frozenset()) -> int:
    """The preferred port or the next one that is free and not already given away."""
    for port in range(preferred, min(preferred + NEXT_ONES, 65536)):
        if port not in taken and is_free(port):
            return port
    return free_port()
