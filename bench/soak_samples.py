"""What a running system holds at a moment: memory, file handles, connections, what lies on disk, workflows in memory."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg

from bench.cpu import family
from bench.mortal import Mortal

PARTS = ("api", "worker", "temporal", "sandbox")
OWN = re.compile(r"^Pss_(?:Anon|Shmem): +(\d+) kB$", re.MULTILINE)
CACHED = re.compile(r"^temporal_sticky_cache_size\{.*\} (\S+)$", re.MULTILINE)
LOOK = """
SELECT pg_database_size(current_database()) AS size, (SELECT count(*) FROM bookings) AS bookings,
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) AS connections
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """By name, at so many seconds since the beginning, with so many bookings made until then."""

    at: float
    bookings: int
    values: Mapping[str, float]


async def look(system: Mortal, pool: asyncpg.Pool, session: aiohttp.ClientSession, began: float) -> Sample:
    """One sample. Memory is in bytes: each process's share of what it shares with others (PSS), so that parts add up.

    Without the files that are mapped: programs and libraries are the same pages for all who run them, so that each one's share
    of them grows by megabytes when some other program of the machine ends.
    """
    values: dict[str, float] = {}
    for part, pid in _pids(system).items():
        pids = family(pid)
        values[f"{part} memory"] = sum(memory_of(one) for one in pids)
        values[f"{part} file handles"] = sum(_handles(one) for one in pids)
    (row,) = await pool.fetch(LOOK)
    values["connections"] = row["connections"]
    values["database size"] = row["size"]
    values["temporal file size"] = sum(file.stat().st_size for file in system.system.state.path.glob("temporal.db*"))
    values["cached workflows"] = await _cached(system, session)
    return Sample(time.perf_counter() - began, row["bookings"], values)


def _pids(system: Mortal) -> dict[str, int]:
    state = system.system.state
    files = {part: state.logs / f"{part}.pid" for part in PARTS} | {"postgres": state.postgres_data() / "postmaster.pid"}
    return {part: int(file.read_text().partition("\n")[0]) for part, file in files.items()}


def memory_of(pid: int) -> int:
    """What this process alone holds, and its share of what it shares by intent, in bytes; 0 where it is gone."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has just ended
        return 0
    return 1024 * sum(int(kilobytes) for kilobytes in OWN.findall(rollup))


def _handles(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


async def _cached(system: Mortal, session: aiohttp.ClientSession) -> float:
    async with session.get(f"http://{system.settings.worker_metrics}/metrics") as answer:
        return sum(float(count) for count in CACHED.findall(await answer.text()))
