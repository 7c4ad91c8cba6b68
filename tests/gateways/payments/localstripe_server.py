"""Runs localstripe, an independent stand-in for Stripe, on the listening socket it inherits. A process of its own.

Its own main listens on every interface and reads and writes a pickle in the temporary folder: neither happens here.
"""

from __future__ import annotations

import socket
import sys

from aiohttp import web
from localstripe import resources, server  # type: ignore[import-untyped] # ships no types

if __name__ == "__main__":
    resources.Store.dump_to_disk = lambda _: None
    web.run_app(server.app, sock=socket.socket(fileno=int(sys.argv[1])), print=None, access_log=None)
