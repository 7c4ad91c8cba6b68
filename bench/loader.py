"""Makes load where wrk is not installed: `python -m bench.loader URL QUESTIONS STATUS CONNECTIONS SECONDS`.

Speaks just enough HTTP to be lighter than the server it asks, and prints the same line of JSON as the script for wrk.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from bench.rounds import percentile

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


async def run(api_url: str, questions: Sequence[str], status: int, connections: int, seconds: float) -> dict[str, float]:
    """Everything that was answered within the time, or was asked within it."""
    host, port = urlsplit(api_url).hostname or "", urlsplit(api_url).port or 80
    asked = cycle([_request(line, f"{host}:{port}") for line in questions])
    waits: list[float] = []
    unexpected = 0
    started = time.perf_counter()

    async def customer() -> None:
        nonlocal unexpected
        reader, writer = await asyncio.open_connection(host, port)
        try:
            async for is_expected, wait in _ask(reader, writer, asked, status, started + seconds):
                waits.append(wait)
                unexpected += not is_expected
        finally:
            writer.close()

    await asyncio.gather(*(customer() for _ in range(connections)))
    took = time.perf_counter() - started
    return {
        "requests": len(waits),
        "seconds": took,
        "p50": 1000 * percentile(waits, 0.50),
        "p95": 1000 * percentile(waits, 0.95),
        "unexpected": unexpected,
    }


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: Iterator[bytes], status: int, ends: float
) -> AsyncIterator[tuple[bool, float]]:
    while (before := time.perf_counter()) < ends:
        writer.write(next(asked))
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is not None and b" 304 " not in head[:13]:
            await reader.readexactly(int(length[1]))
        yield int(head[9:12]) == status, time.perf_counter() - before


def _request(line: str, host: str) -> bytes:
    path, _, etag = line.partition("\t")
    known = f"If-None-Match: {etag}\r\n" if etag else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{known}\r\n".encode()


def main() -> None:
    api_url, questions, status, connections, seconds = sys.argv[1:]
    print(
        json.dumps(
            asyncio.run(run(api_url, Path(questions).read_text().splitlines(), int(status), int(connections), float(seconds)))
        )
    )


if __name__ == "__main__":
    main()
