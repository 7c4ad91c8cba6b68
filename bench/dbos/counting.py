"""What DBOS has written down: which workflows are done, and how many steps each booking cost."""

from __future__ import annotations

import asyncpg

from bench.bookings import Booked

DONE = "SELECT count(*) FROM dbos.workflow_status WHERE name = $1 AND status = 'SUCCESS'"
RECORDED = """
SELECT count(*)::float / cardinality($1::text[]) FROM dbos.operation_outputs WHERE workflow_uuid = ANY($1::text[])
"""


async def done(pool: asyncpg.Pool, workflow: str) -> int:
    """How many workflows of this name have ended well."""
    return int(await pool.fetchval(DONE, workflow))


async def recorded(pool: asyncpg.Pool, booked: list[Booked]) -> float:
    """How many steps a booking has left in DBOS's tables: those of the saga, its waits, messages and events."""
    return float(await pool.fetchval(RECORDED, [one.workflow_id for one in booked]))
