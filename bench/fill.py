"""Fills a database with a made-up town: `python -m bench.fill --database-url … --businesses 100`.

The same seed on the same day gives the same rows. All of it is one transaction, so a run that is stopped leaves the database as
it was; while it runs nobody else can use the tables.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

import asyncpg

from bench import diaries
from bench.arguments import at_least_one, none_or_more
from bench.progress import Progress
from bench.town import COLUMNS, Lines, Size, Town
from store.migrate import migrate

LINES_AT_ONCE = 2000

# Both are made anew in one go when all rows are there, which is several times faster: a foreign key is then checked by a join
# instead of row by row. Keys, checks and `no_overlap` stay in force all the time.
FOREIGN_KEYS = """
SELECT c.conrelid::regclass::text AS of, c.conname AS name, pg_get_constraintdef(c.oid) AS definition
FROM pg_constraint c
WHERE c.conrelid = ANY($1::regclass[]) AND c.contype = 'f'
ORDER BY of, name
"""

INDEXES = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i
WHERE i.indrelid = ANY($1::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY name
"""


class AlreadyFilled(Exception):
    """The town of this seed, or a part of it, is already there."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How many rows came into each table, and how long everything took in seconds."""

    rows: dict[str, int]
    seconds: float

    def text(self) -> str:
        total = sum(self.rows.values())
        lines = [f"  {table:<20}{rows:>14,}" for table, rows in self.rows.items()]
        return "\n".join([*lines, f"{total:,} rows in {self.seconds:.1f} s, {total / self.seconds:,.0f} rows/s"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 filled, 1 failed, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    progress = Progress()
    size = Size(chosen.businesses, chosen.past, chosen.future).scaled(chosen.scale)
    try:
        filled = asyncio.run(_fill(chosen.database_url, Town(chosen.seed, size, chosen.day), progress))
    except KeyboardInterrupt:
        progress.clear()
        print("Stopped; the database is as it was.", file=sys.stderr)
        return 130
    except (AlreadyFilled, ValueError, OSError, asyncpg.PostgresError) as fault:
        progress.clear()
        print(fault, file=sys.stderr)
        return 1
    progress.clear()
    print(f"{size}\n{filled.text()}")
    return 0


async def _fill(database_url: str, town: Town, progress: Progress) -> Filled:
    await migrate(database_url)
    return await fill(database_url, town, progress)


async def fill(database_url: str, town: Town, progress: Progress) -> Filled:
    """Into a database with the product's tables. Raises AlreadyFilled, and ValueError for too many bookings."""
    town.check()
    started = time.perf_counter()
    connection = await asyncpg.connect(database_url, server_settings={"timezone": "UTC", "synchronous_commit": "off"})
    try:
        async with connection.transaction():
            rows = await _write(connection, town, progress)
        progress.show("Rows are tidied up and counted")
        await connection.execute(f"VACUUM (ANALYZE) {', '.join(COLUMNS)}")
    except asyncpg.UniqueViolationError:
        raise AlreadyFilled(f"The town of seed {town.seed} is already there: choose another --seed or database.") from None
    finally:
        await connection.close()
    return Filled(rows, time.perf_counter() - started)


async def _write(connection: asyncpg.Connection, town: Town, progress: Progress) -> dict[str, int]:
    await connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    keys, indexes = [await connection.fetch(query, list(COLUMNS)) for query in (FOREIGN_KEYS, INDEXES)]
    for table in COLUMNS:  # those that stamp changes are made for a few rows at a time; the stamps are filled in like the rest
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for key in keys:
        await connection.execute(f"ALTER TABLE {key['of']} DROP CONSTRAINT {key['name']}")
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['name']}")
    rows = await _copy(connection, chain(town.shops(), diaries.customers(town), diaries.bookings(town)), town, progress)
    for index in indexes:
        progress.show(f"Index {index['name']}")
        await connection.execute(index["definition"])
    for key in keys:
        progress.show(f"Foreign key {key['name']}")
        await connection.execute(f"ALTER TABLE {key['of']} ADD CONSTRAINT {key['name']} {key['definition']}")
    for table in COLUMNS:
        await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return rows


async def _copy(connection: asyncpg.Connection, parts: Iterator[Lines], town: Town, progress: Progress) -> dict[str, int]:
    rows = dict.fromkeys(COLUMNS, 0)
    started, total = time.perf_counter(), town.size.past + town.size.future
    for part in parts:
        for table in COLUMNS:
            if lines := part.get(table):
                await connection.copy_to_table(table, source=_text(lines), columns=COLUMNS[table])
                rows[table] += len(lines)
        progress.show(_how_far(rows, total, time.perf_counter() - started))
    return rows


async def _text(lines: Sequence[str]) -> AsyncIterator[bytes]:
    for first in range(0, len(lines), LINES_AT_ONCE):
        yield ("\n".join(lines[first : first + LINES_AT_ONCE]) + "\n").encode()


def _how_far(rows: dict[str, int], total: int, seconds: float) -> str:
    if not rows["bookings"]:
        return f"{rows['businesses']:,} businesses, {rows['providers']:,} providers, {rows['customers']:,} customers"
    share = rows["bookings"] / total
    bar = f"{'█' * round(20 * share):░<20}"
    return f"{bar} {rows['bookings']:,} of {total:,} bookings, {sum(rows.values()) / seconds:,.0f} rows/s"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description=__doc__)
    parser.add_argument("--database-url", required=True, metavar="URL", help="of a database that is empty or already migrated")
    parser.add_argument("--businesses", type=at_least_one, default=100, help="one in a hundred with 50 providers (%(default)s)")
    parser.add_argument("--past", type=none_or_more, default=0, help="bookings that are over (%(default)s)")
    parser.add_argument("--future", type=none_or_more, default=0, help="bookings to come (%(default)s)")
    parser.add_argument("--scale", type=float, default=1.0, help="make only so much of the bookings, such as 0.01")
    parser.add_argument("--seed", type=int, default=1, help="which town (%(default)s)")
    parser.add_argument(
        "--day", type=date.fromisoformat, default=datetime.now(UTC).date(), help="what is past and what is to come (today)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
