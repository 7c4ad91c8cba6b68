"""Says of each part of a running system whether it works, one line a part."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from pathlib import Path

import httpx
from temporalio.service import RPCError, RPCStatusCode

from api.commands.through_temporal import TemporalCommands
from settings import PREFIX, Settings, read_settings
from store.migrate import migrations, missing_migrations
from store.pool import open_pool
from store.stuck import count_stuck
from temporal import schedules
from temporal.client import connect

PATIENCE = 15.0
STUCK_AFTER = timedelta(minutes=10)

Check = Callable[[Settings], Awaitable[str]]


class Noted(Exception):
    """The part works, and somebody should look at what it holds."""


class Ill(Exception):
    """The part answers, and not as it should."""


def settings_of(state: Path) -> Settings:
    """Those of the environment or, where it names no database, those of the system that `up` has started. Raises BadSettings."""
    up_file = state / "up.json"
    if f"{PREFIX}DATABASE_URL" in os.environ or not up_file.exists():
        return read_settings()
    known = json.loads(up_file.read_text())
    secrets = json.loads((state / "secrets.json").read_text())
    return read_settings(
        database_url=known["database_url"],
        temporal_address=known["temporal_address"],
        public_url=known["api_url"],
        token_secret=secrets["token_secret"],
        payload_key=secrets["payload_key"],
    )


async def examine(settings: Settings, skip: Collection[str]) -> bool:
    """Prints one line a part, in the order in which they need each other. True when all are well; what is stuck is only noted."""
    outcomes = [await _outcome(part, check, settings) for part, check in CHECKS.items() if part not in skip]
    return all(outcomes)


async def _outcome(part: str, check: Check, settings: Settings) -> bool:
    try:
        said = await asyncio.wait_for(check(settings), PATIENCE)
    except TimeoutError:
        return _told("FAIL", part, f"does not answer within {PATIENCE:g} s")
    except Noted as finding:
        return not _told("note", part, str(finding))
    except Exception as fault:  # whatever it is, it is the finding
        return _told("FAIL", part, str(fault) or type(fault).__name__)
    return _told("ok", part, said)


def _told(verdict: str, part: str, said: str) -> bool:
    print(f"{verdict:<4}  {part:<10}  {said}")
    return verdict == "ok"


async def _database(settings: Settings) -> str:
    pool = await open_pool(settings.database_url.get_secret_value(), 1)
    try:
        return f"PostgreSQL {await pool.fetchval('SHOW server_version')} answers"
    finally:
        await pool.close()


async def _migrations(settings: Settings) -> str:
    pool = await open_pool(settings.database_url.get_secret_value(), 1)
    try:
        missing = await missing_migrations(pool)
    finally:
        await pool.close()
    if missing:
        raise Ill(f"missing {', '.join(missing)}: run `slotkeeper migrate`")
    return f"up to {migrations()[-1][0]}"


async def _temporal(settings: Settings) -> str:
    await connect(settings)
    return f"{settings.temporal_address} answers for the namespace {settings.temporal_namespace}"


async def _schedules(settings: Settings) -> str:
    client = await connect(settings)
    said = []
    for schedule_id in schedules.all_of(settings.task_queue):
        try:
            present = (await client.get_schedule_handle(schedule_id).describe()).schedule
        except RPCError as fault:
            if fault.status is not RPCStatusCode.NOT_FOUND:
                raise
            raise Ill(f"{schedule_id} is missing: run `slotkeeper schedules`") from None
        if present.state.paused:
            why = present.state.note or "nobody noted why"
            raise Ill(f"{schedule_id} is paused ({why}): unpause it in the Temporal Web UI")
        said.append(f"{schedule_id} runs")
    return ", ".join(said)


async def _worker(settings: Settings) -> str:
    if not await TemporalCommands(await connect(settings), settings).worker_is_polling():
        raise Ill(f"nobody polls the task queue {settings.task_queue}: start `slotkeeper worker`")
    return f"polls the task queue {settings.task_queue}"


async def _api(settings: Settings) -> str:
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        try:
            answer = await client.get(f"{settings.public_url}/health/ready")
        except httpx.TransportError as fault:
            raise Ill(f"{settings.public_url} does not answer ({fault}): start `slotkeeper api`") from None
    if answer.status_code != httpx.codes.OK:
        raise Ill(f"{settings.public_url} is not ready: {_detail(answer)}")
    return f"{settings.public_url} is ready"


async def _stuck(settings: Settings) -> str:
    pool = await open_pool(settings.database_url.get_secret_value(), 1)
    try:
        found = await count_stuck(pool, STUCK_AFTER)
    finally:
        await pool.close()
    if found:
        said = ", ".join(f"{one.count} {one.thing} (the oldest since {one.oldest:%Y-%m-%d %H:%M} UTC)" for one in found)
        raise Noted(f"{said}: see docs/runbooks/ and GET /api/v1/operations/stuck")
    return f"nothing for longer than {STUCK_AFTER // timedelta(minutes=1)} minutes"


def _detail(answer: httpx.Response) -> str:
    """What the problem document says; behind a proxy it may be anything."""
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"it answers {answer.status_code}"


CHECKS: dict[str, Check] = {
    "database": _database,
    "migrations": _migrations,
    "temporal": _temporal,
    "schedules": _schedules,
    "worker": _worker,
    "api": _api,
    "stuck": _stuck,
}
