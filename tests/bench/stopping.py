"""Stops a bench as its user would, and looks at what is left of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from embedded import process_table
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]


async def parts_stopped_by_ctrl_c(command: Sequence[str], folder: Path, begun: str, parts: str) -> int:
    """How many processes it had when `begun` was there, of which none may be left. Both are patterns below the folder."""
    bench = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await until(lambda: _is_there(folder, begun) or bench.returncode is not None, 60)
        if not _is_there(folder, begun):
            pytest.fail(f"it ended before it could be stopped: {await bench.communicate()!r}")
        pids = _pids_in(folder, parts, "*/postgres/postmaster.pid")
        bench.send_signal(signal.SIGINT)
        said = await asyncio.wait_for(bench.communicate(), 60)
    finally:
        with suppress(ProcessLookupError):
            bench.kill()
    assert (130, (b"", b"Stopped; nothing is left.\n")) == (bench.returncode, said)
    assert [] == [pid for pid in pids if process_table.command_of(pid) is not None]
    return len(pids)


def _is_there(folder: Path, pattern: str) -> bool:
    return any(folder.glob(pattern))


def _pids_in(folder: Path, *patterns: str) -> list[int]:
    return [int(file.read_text().split()[0]) for pattern in patterns for file in folder.glob(pattern)]
