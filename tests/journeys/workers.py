"""Workers in a process of their own, so that they can be killed: this module is its program, with settings on its input."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

import worker
from settings import Settings

ROOT = Path(worker.__file__).parent


def _told(settings: Settings) -> dict[str, object]:
    known = settings.model_dump(exclude_none=True)
    return {name: one.get_secret_value() if isinstance(one, SecretStr) else one for name, one in known.items()}


@contextmanager
def process_of_workers(*settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """One process with a worker for each of these; it gets no chance to finish anything when it ends."""
    program = [sys.executable, "-m", __name__]
    process = subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps([_told(one) for one in settings], default=str).encode())
        process.stdin.close()
        yield process
    finally:
        process.kill()
        process.wait()


async def _work() -> None:
    await asyncio.gather(*(worker.run(Settings.model_validate(one)) for one in json.load(sys.stdin)))


if __name__ == "__main__":
    asyncio.run(_work())
